/*
 * lb.ts in C, function by function, as a C programmer would tune it: addresses copied as words, constants swapped when compiled.
 */
#include "bpf.h"

#define ETH_LEN 14
#define IP_LEN 20
#define ETH_P_IP 0x0800
#define IPPROTO_IPIP 4
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17

enum { BY_DR, BY_NAT, BY_TUN };
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };
enum { CLOSED, SYN_SEEN, ESTABLISHED, CLOSING };

struct mac { u16 words[3]; };
struct eth { struct mac destination, source; u16 type; };
struct ip {
	u8 version_and_length, tos;
	u16 total_length, identification, fragment;
	u8 ttl, protocol;
	u16 checksum;
	u32 source, destination;
};
struct tcp {
	u16 source_port, destination_port;
	u32 sequence, acknowledgement;
	u8 offset, flags;
	u16 window, checksum, urgent;
};
struct udp { u16 source_port, destination_port, length, checksum; };

struct flow { u32 source, destination; u16 source_port, destination_port; u32 protocol; };
struct service { u32 address; u16 port, protocol; };
struct service_state { u32 number, ring; };
struct server { u32 address, local; u16 port; u8 method, padding; struct mac mac; u8 tail[2]; };
struct connection {
	u64 packets, octets;
	u32 last_seen, service, address, local;
	u16 port;
	u8 method, state;
	struct mac mac;
	u8 padding[6];
};
struct counters { u64 packets, octets; };

extern struct map connections, services, ring, servers, counters;

/*
 * A word and a half-word, as lb.ts copies addresses. The variables are needed: without them clang remembers where the pointers came from and
 * splits the word into what the alignment of u16 allows.
 */
INLINE void copy_mac(struct mac *to, const struct mac *from)
{
	u32 *to_word = (void *)to;
	const u32 *from_word = (const void *)from;
	*to_word = *from_word;
	to->words[2] = from->words[2];
}

INLINE u32 sum32(u32 word)
{
	return (word & 0xffff) + (word >> 16);
}

INLINE u32 difference32(u32 from, u32 to)
{
	return (0xffff ^ (from & 0xffff)) + (0xffff ^ (from >> 16)) + sum32(to);
}

INLINE u16 patched(u16 checksum, u32 change)
{
	return ~sum32(sum32((checksum ^ 0xffff) + change));
}

INLINE int schedule(const struct flow *flow)
{
	struct service key = { flow->destination, flow->destination_port, flow->protocol };
	struct service_state *service = bpf_map_lookup_elem(&services, &key);
	if (!service)
		return 0;
	u32 index = service->ring + ((flow->source ^ flow->source_port) * 0x9e3779b1u >> 24);
	u32 *place = bpf_map_lookup_elem(&ring, &index);
	if (!place)
		return 0;
	struct server *server = bpf_map_lookup_elem(&servers, place);
	if (!server)
		return 0;
	struct connection connection = {
		.service = service->number,
		.address = server->address,
		.local = server->local,
		.port = server->port,
		.method = server->method,
	};
	copy_mac(&connection.mac, &server->mac);
	return bpf_map_update_elem(&connections, flow, &connection, 0) == 0;
}

INLINE void account(struct connection *connection, u16 length, u32 now)
{
	__sync_fetch_and_add(&connection->packets, 1);
	__sync_fetch_and_add(&connection->octets, length);
	if (connection->last_seen != now)
		connection->last_seen = now;
	struct counters *counter = bpf_map_lookup_elem(&counters, &connection->service);
	if (UNLIKELY(!counter))
		return;
	counter->packets += 1;
	counter->octets += length;
}

INLINE u8 next_state(u8 state, u8 flags)
{
	if (flags & RST)
		return CLOSED;
	if (flags & FIN)
		return CLOSING;
	if (flags & SYN)
		return SYN_SEEN;
	if (flags & ACK && state == SYN_SEEN)
		return ESTABLISHED;
	return state;
}

INLINE int forward_by_nat(void *end, struct eth *eth, struct ip *ip, struct connection *connection)
{
	u32 address = connection->address;
	u16 port = connection->port;
	u32 change = difference32(ip->destination, address);
	ip->destination = address;
	ip->ttl--;
	ip->checksum = patched(ip->checksum, change + (0xffff ^ 1));
	if (ip->protocol == IPPROTO_TCP) {
		struct tcp *tcp = (void *)(ip + 1);
		if ((void *)(tcp + 1) > end)
			return XDP_DROP;
		tcp->checksum = patched(tcp->checksum, change + (0xffff ^ tcp->destination_port) + port);
		tcp->destination_port = port;
	} else {
		struct udp *udp = (void *)(ip + 1);
		if ((void *)(udp + 1) > end)
			return XDP_DROP;
		if (udp->checksum) {
			u16 sum = patched(udp->checksum, change + (0xffff ^ udp->destination_port) + port);
			udp->checksum = sum ? sum : 0xffff;
		}
		udp->destination_port = port;
	}
	copy_mac(&eth->source, &eth->destination);
	copy_mac(&eth->destination, &connection->mac);
	return XDP_TX;
}

INLINE int forward_by_tunnel(struct xdp_md *ctx, u8 tos, u16 length, struct connection *connection)
{
	if (bpf_xdp_adjust_head(ctx, -IP_LEN))
		return XDP_DROP;
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct eth *eth = data, *before = data + IP_LEN;
	struct ip *outer = data + ETH_LEN;
	if ((void *)(before + 1) > end)
		return XDP_DROP;
	u32 local = connection->local, address = connection->address;
	copy_mac(&eth->source, &before->destination);
	copy_mac(&eth->destination, &connection->mac);
	eth->type = swap16(ETH_P_IP);
	u16 total = swap16(length + IP_LEN);
	u16 first = swap16(0x4500 | tos);
	outer->version_and_length = 0x45;
	outer->tos = tos;
	outer->total_length = total;
	outer->identification = 0;
	outer->fragment = 0;
	outer->ttl = 64;
	outer->protocol = IPPROTO_IPIP;
	outer->source = local;
	outer->destination = address;
	outer->checksum = patched(0xffff, first + total + swap16(0x4000 | IPPROTO_IPIP) + sum32(local) + sum32(address));
	return XDP_TX;
}

PROGRAM int lb(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct eth *eth = data;
	struct ip *ip = data + ETH_LEN;
	if ((void *)(ip + 1) > end)
		return XDP_PASS;
	if (eth->type != swap16(ETH_P_IP) || ip->version_and_length != 0x45)
		return XDP_PASS;
	if (ip->fragment & swap16(0x3fff) || ip->ttl <= 1)
		return XDP_PASS;

	u8 protocol = ip->protocol, flags = 0;
	u16 source_port, destination_port;
	if (protocol == IPPROTO_TCP) {
		struct tcp *tcp = (void *)(ip + 1);
		if ((void *)(tcp + 1) > end)
			return XDP_PASS;
		source_port = tcp->source_port;
		destination_port = tcp->destination_port;
		flags = tcp->flags;
	} else if (protocol == IPPROTO_UDP) {
		struct udp *udp = (void *)(ip + 1);
		if ((void *)(udp + 1) > end)
			return XDP_PASS;
		source_port = udp->source_port;
		destination_port = udp->destination_port;
	} else {
		return XDP_PASS;
	}

	struct flow flow = { ip->source, ip->destination, source_port, destination_port, protocol };
	u32 now = bpf_ktime_get_coarse_ns() >> 20;
	struct connection *connection = bpf_map_lookup_elem(&connections, &flow);
	if (UNLIKELY(!connection)) {
		if (!schedule(&flow))
			return XDP_PASS;
		connection = bpf_map_lookup_elem(&connections, &flow);
		if (!connection)
			return XDP_DROP;
	}
	u16 length = swap16(ip->total_length);
	account(connection, length, now);
	if (protocol == IPPROTO_TCP) {
		u8 next = next_state(connection->state, flags);
		if (next != connection->state)
			connection->state = next;
	}

	if (connection->method == BY_NAT)
		return forward_by_nat(end, eth, ip, connection);
	if (connection->method == BY_TUN)
		return forward_by_tunnel(ctx, ip->tos, length, connection);
	copy_mac(&eth->source, &eth->destination);
	copy_mac(&eth->destination, &connection->mac);
	return XDP_TX;
}
