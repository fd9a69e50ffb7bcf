/**
 * The view that fits a map's declaration.
 */
import type { u32 } from "../language/integer.ts";
import type { AnyLayout } from "../language/layout.ts";
import type { MapDeclaration } from "../language/map/declaration.ts";
import type { DeviceMap } from "../language/map/device.ts";
import type { Cell, KeyedMap } from "../language/map/keyed.ts";
import type { MapOfMaps } from "../language/map/map-of-maps.ts";
import type { QueueMap } from "../language/map/queue.ts";
import type { RingBuffer } from "../language/map/ring-buffer.ts";
import type { SockHash, SockMap } from "../language/map/socket.ts";
import type { AnyRef, KeyKind, Ref } from "../language/reference.ts";
import type { TwinMachine } from "./machine.ts";
import type { DevicesTable } from "./map/devices-table.ts";
import { InnerMapsView, KeyedView, QueueView, RecordsView, SocketsView } from "./table-view.ts";

/** Opens a table from outside; a cell is its one value. */
export interface OpenView {
  <L extends AnyLayout>(map: Cell<L>): Ref<L>;
  <K extends KeyKind, V extends KeyKind>(map: KeyedMap<K, V>): KeyedView<K, V>;
  <L extends AnyLayout>(map: QueueMap<L>): QueueView<L>;
  <L extends AnyLayout>(map: RingBuffer<L>): RecordsView<L>;
  <K extends KeyKind, Inner extends MapDeclaration>(map: MapOfMaps<K, Inner>): InnerMapsView<K, Inner>;
  (map: DeviceMap): DevicesTable;
  (map: SockMap): SocketsView<typeof u32>;
  <K extends KeyKind>(map: SockHash<K>): SocketsView<K>;
}

/** Opens tables of one machine. */
export function viewOpener(machine: TwinMachine): OpenView {
  function open<L extends AnyLayout>(map: Cell<L>): Ref<L>;
  function open<K extends KeyKind, V extends KeyKind>(map: KeyedMap<K, V>): KeyedView<K, V>;
  function open<L extends AnyLayout>(map: QueueMap<L>): QueueView<L>;
  function open<L extends AnyLayout>(map: RingBuffer<L>): RecordsView<L>;
  function open<K extends KeyKind, Inner extends MapDeclaration>(map: MapOfMaps<K, Inner>): InnerMapsView<K, Inner>;
  function open(map: DeviceMap): DevicesTable;
  function open(map: SockMap): SocketsView<typeof u32>;
  function open<K extends KeyKind>(map: SockHash<K>): SocketsView<K>;
  function open(map: Viewable): View {
    switch (map.kind) {
      case "queue":
      case "stack":
        return new QueueView(map, machine);
      case "ringBuffer":
        return new RecordsView(map, machine);
      case "arrayOfMaps":
      case "hashOfMaps":
        return new InnerMapsView(map, machine);
      case "deviceMap":
      case "deviceHash":
        return machine.openDevices(map);
      case "sockMap":
      case "sockHash":
        return new SocketsView(map, machine);
      default:
        return map.isCell ? machine.openKeyed(map).values.referenceOf(0, 0) : new KeyedView(map, machine);
    }
  }
  return open;
}

type Viewable = Cell | KeyedMap | QueueMap | RingBuffer | MapOfMaps | DeviceMap | SockMap | SockHash;

type View =
  | AnyRef
  | KeyedView<KeyKind, KeyKind>
  | QueueView<AnyLayout>
  | RecordsView<AnyLayout>
  | InnerMapsView<KeyKind, MapDeclaration>
  | DevicesTable
  | SocketsView<KeyKind>;
