/** A Wi-Fi network as its user names it. The password of an open one is empty. */
export interface WiFiNetwork {
	ssid: string;
	password: string;
}

/** How many a station knows at most. */
export const networksMax = 8;

const ssidBytesMax = 32;
const passphraseBytesMin = 8;
const passphraseBytesMax = 63;

/** What is wrong with an SSID [IEEE 802.11, 9.4.2.2]; undefined if nothing. */
export function ssidFault(ssid: string): string | undefined {
	const bytes = countBytes(ssid);
	return bytes >= 1 && bytes <= ssidBytesMax ? undefined : `an SSID is 1 to ${ssidBytesMax} bytes of UTF-8`;
}

/** What is wrong with the password of a network; undefined if nothing. It never tells the password. */
export function passwordFault(password: string): string | undefined {
	const bytes = countBytes(password);
	if (bytes === 0 || (bytes >= passphraseBytesMin && bytes <= passphraseBytesMax)) return undefined;
	if (/^[0-9a-f]{64}$/i.test(password)) return undefined;
	const characters = `${passphraseBytesMin} to ${passphraseBytesMax} characters`;
	return `a Wi-Fi password is ${characters}, 64 hex digits, or empty`;
}

/** As UTF-8; not a number where the text holds U+0000 or an unpaired surrogate, and so cannot be sent. */
function countBytes(text: string): number {
	let count = 0;
	for (const character of text) {
		const code = character.codePointAt(0)!;
		if (code === 0 || (code >= 0xd800 && code <= 0xdfff)) return NaN;
		count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
	}
	return count;
}
