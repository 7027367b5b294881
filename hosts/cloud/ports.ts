/** Where `npm run cloud` listens, unless told otherwise: the service's 80 and 443 need privileges. */
export const defaultPorts = Object.freeze({ mqtt: 1883, mqtts: 8883, ws: 8083, wss: 8084, http: 8085 });
