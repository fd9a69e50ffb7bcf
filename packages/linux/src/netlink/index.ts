/** rtnetlink: interfaces, addresses, routes, neighbours, and notifications about them. */
export {
  type AddressOptions,
  type AssignedAddress,
  addressAdd,
  addressDelete,
  addressList,
  type InterfaceAddress,
} from "./address.ts";
export {
  type InterfaceChange,
  interfaceDelete,
  interfaceGet,
  interfaceList,
  interfaceSet,
  interfaceSetXdp,
  type XdpChange,
} from "./interface.ts";
export { type InterfaceBasics, type InterfaceCreation, interfaceAdd, type VethPeer } from "./interface-create.ts";
export type { InterfaceStatistics, NetworkInterface, OperationalState, XdpAttachment } from "./interface-message.ts";
export {
  type Neighbour,
  type NeighbourKey,
  type NeighbourState,
  neighbourDelete,
  neighbourList,
  neighbourSetManaged,
  neighbourSetPermanent,
} from "./neighbour.ts";
export { type NextHop, type Route, type RouteType, routeAdd, routeDelete, routeList, routeReplace } from "./route.ts";
export { RouteSocket } from "./route-socket.ts";
export { type ChangeEvent, ChangeWatch, type Watchable } from "./watch.ts";
