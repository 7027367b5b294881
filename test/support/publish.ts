import { hex } from "./hex.js";

/** A PUBLISH with nothing in it, for rows that change one field. */
export const publish = {
	cmd: "publish",
	qos: 0,
	dup: false,
	retain: false,
	topic: "a/b",
	payload: hex(""),
} as const;
