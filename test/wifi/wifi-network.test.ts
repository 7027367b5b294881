import test from "ava";
import { SteadyRadio } from "../../hosts/simulated-radio.js";
import { Station } from "../../modules/wifi/station.js";
import type { WiFiNetwork } from "../../modules/wifi/wifi-network.js";
import { Random } from "../support/random.js";
import { VirtualClock } from "../support/virtual-clock.js";

const home: WiFiNetwork = { ssid: "home", password: "feathers" };

function setUp(networks: WiFiNetwork[]): Station {
	const clock = new VirtualClock();
	const handler = { onUp() {}, onDown() {}, onWaiting() {} };
	return new Station({ clock, random: new Random(1) }, new SteadyRadio(clock), handler, { networks });
}

const bad: { title: string; networks: unknown; error: new (message: string) => Error; message: RegExp }[] = [
	{ title: "none", networks: [], error: RangeError, message: /no Wi-Fi network/ },
	{ title: "nine", networks: new Array(9).fill(home), error: RangeError, message: /9 .* more than 8/ },
	{
		title: "an empty SSID",
		networks: [{ ssid: "", password: "" }],
		error: RangeError,
		message: /1 to 32 bytes/,
	},
	{
		title: "an SSID of 33 bytes",
		networks: [{ ssid: "é".repeat(16) + "e", password: "" }],
		error: RangeError,
		message: /1 to 32 bytes of UTF-8/,
	},
	{
		title: "an SSID with an unpaired surrogate",
		networks: [{ ssid: "a\ud800b", password: "" }],
		error: RangeError,
		message: /UTF-8/,
	},
	{
		title: "an SSID with U+0000",
		networks: [{ ssid: "a\u0000b", password: "" }],
		error: RangeError,
		message: /UTF-8/,
	},
	{
		title: "a password of 7 characters",
		networks: [{ ssid: "a", password: "1234567" }],
		error: RangeError,
		message: /8 to 63 characters, 64 hex digits, or empty/,
	},
	{
		title: "64 characters that are not hex digits",
		networks: [{ ssid: "a", password: "g".repeat(64) }],
		error: RangeError,
		message: /64 hex digits/,
	},
	{
		title: "65 hex digits",
		networks: [{ ssid: "a", password: "f".repeat(65) }],
		error: RangeError,
		message: /64 hex digits/,
	},
	{ title: "no SSID", networks: [{ password: "" }], error: TypeError, message: /SSID is not a string/ },
	{ title: "no password", networks: [{ ssid: "a" }], error: TypeError, message: /password is not a string/ },
];

for (const { title, networks, error, message } of bad) {
	test(`Wi-Fi networks refused: ${title}`, t => {
		const thrown = t.throws(() => setUp(networks as WiFiNetwork[]), { instanceOf: error, message });
		t.false(String(thrown).includes("1234567"), "the password is told");
	});
}

test("Wi-Fi networks: SSIDs of 32 bytes and passwords of 8, 63 and 64 are taken", t => {
	const networks = [8, 63, 64].map(length => ({ ssid: "é".repeat(16), password: "a".repeat(length) }));
	t.notThrows(() => setUp([...networks, { ssid: "shed", password: "" }]));
});
