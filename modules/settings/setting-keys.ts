import { networksMax } from "../wifi/wifi-network.js";

/** What only the profile lmq goes by. */
export const lmqKeys = Object.freeze([
	"instance",
	"group",
	"device",
	"credential",
	"accesskey",
	"secret",
	"token",
] as const);

/** What may be set, apart from Wi-Fi networks, in the order in which settings are told. */
export const plainKeys = Object.freeze([
	"broker",
	"topic",
	"client",
	"username",
	"brokerpassword",
	"mqtt",
	"profile",
	"wire",
	...lmqKeys,
	"connection",
	"rounds",
	"wait",
	"keepalive",
	"window",
	"outbox",
	"wifi",
] as const);
export type PlainKey = (typeof plainKeys)[number];

/** The key of a network by its number from 1 on: ssid, ssid2, ssid3 … and so for password. */
export function networkKey(name: "ssid" | "password", number: number): string {
	return number === 1 ? name : `${name}${number}`;
}

/** Every key there is. */
export function knownKeys(): string[] {
	const keys: string[] = [];
	for (let number = 1; number <= networksMax; number++)
		keys.push(networkKey("ssid", number), networkKey("password", number));
	return keys.concat(plainKeys);
}

/** The known key that begins with the word, or else needs the fewest letters changed, added or left out. */
export function nearestKey(word: string, keys: readonly string[]): string {
	const letters = word.toLowerCase();
	let nearest = "";
	let least = Infinity;
	for (const key of keys) {
		const count = key.startsWith(letters) ? 0 : editDistance(letters, key);
		if (count >= least) continue;
		least = count;
		nearest = key;
	}
	return nearest;
}

/** Row by row [Levenshtein]; above and beside hold what the shorter beginnings of both words came to. */
function editDistance(from: string, to: string): number {
	let row = Array.from({ length: to.length + 1 }, (_, i) => i);
	for (let i = 0; i < from.length; i++) {
		const next = [i + 1];
		for (let j = 0; j < to.length; j++) {
			const swap = row[j]! + (from.charAt(i) === to.charAt(j) ? 0 : 1);
			next.push(Math.min(swap, row[j + 1]! + 1, next[j]! + 1));
		}
		row = next;
	}
	return row[to.length]!;
}
