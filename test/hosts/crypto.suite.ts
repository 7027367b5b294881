import test from "ava";
import type { Crypto, Hash } from "../../hosts/host.js";
import { hex, toHex } from "../support/hex.js";
import { utf8 } from "../support/text.js";

const bytes = (value: number, count: number) => new Uint8Array(count).fill(value);
const aa = (count: number) => bytes(0xaa, count);

const digests: { hash: Hash; of: Uint8Array; is: string }[] = [
	{ hash: "sha1", of: utf8(""), is: "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ hash: "sha1", of: utf8("abc"), is: "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ hash: "sha1", of: bytes(0x61, 1_000), is: "291e9a6c66994949b57ba5e650361e98fc36b1ba" },
	{ hash: "sha256", of: utf8(""), is: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ hash: "sha256", of: utf8("abc"), is: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{
		hash: "sha256",
		of: bytes(0x61, 1_000),
		is: "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3",
	},
];

/** SHA-1 from RFC 2202, SHA-256 from RFC 4231; an empty key and text from neither. */
const hmacs: { title: string; hash: Hash; key: Uint8Array; of: Uint8Array; is: string }[] = [
	{
		title: "RFC 2202, 1",
		hash: "sha1",
		key: bytes(0x0b, 20),
		of: utf8("Hi There"),
		is: "b617318655057264e28bc0b6fb378c8ef146be00",
	},
	{
		title: "RFC 2202, 2",
		hash: "sha1",
		key: utf8("Jefe"),
		of: utf8("what do ya want for nothing?"),
		is: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
	},
	{
		title: "RFC 2202, 3",
		hash: "sha1",
		key: aa(20),
		of: bytes(0xdd, 50),
		is: "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
	},
	{
		title: "RFC 2202, 6: a key longer than a block",
		hash: "sha1",
		key: aa(80),
		of: utf8("Test Using Larger Than Block-Size Key - Hash Key First"),
		is: "aa4ae5e15272d00e95705637ce8a3b55ed402112",
	},
	{
		title: "RFC 2202, 7: key and text longer than a block",
		hash: "sha1",
		key: aa(80),
		of: utf8("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
		is: "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
	},
	{
		title: "an empty key and text",
		hash: "sha1",
		key: utf8(""),
		of: utf8(""),
		is: "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d",
	},
	{
		title: "RFC 4231, 1",
		hash: "sha256",
		key: bytes(0x0b, 20),
		of: utf8("Hi There"),
		is: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	},
	{
		title: "RFC 4231, 2",
		hash: "sha256",
		key: utf8("Jefe"),
		of: utf8("what do ya want for nothing?"),
		is: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	},
	{
		title: "RFC 4231, 3",
		hash: "sha256",
		key: aa(20),
		of: bytes(0xdd, 50),
		is: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
	},
	{
		title: "RFC 4231, 6: a key longer than a block",
		hash: "sha256",
		key: aa(131),
		of: utf8("Test Using Larger Than Block-Size Key - Hash Key First"),
		is: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
	},
	{
		title: "RFC 4231, 7: key and text longer than a block",
		hash: "sha256",
		key: aa(131),
		of: utf8(
			"This is a test using a larger than block-size key and a larger than block-size data. " +
				"The key needs to be hashed before being used by the HMAC algorithm.",
		),
		is: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
	},
	{
		title: "an empty key and text",
		hash: "sha256",
		key: utf8(""),
		of: utf8(""),
		is: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
	},
];

/** [RFC 4648 10], and bytes with the two last letters of the alphabet. */
const base64: [bytes: string, text: string][] = [
	["", ""],
	["66", "Zg=="],
	["66 6f", "Zm8="],
	["66 6f 6f", "Zm9v"],
	["66 6f 6f 62", "Zm9vYg=="],
	["66 6f 6f 62 61", "Zm9vYmE="],
	["66 6f 6f 62 61 72", "Zm9vYmFy"],
	["fb ff bf", "+/+/"],
	["00", "AA=="],
	["00 00 00", "AAAA"],
	["ff ff ff ff", "/////w=="],
];

const notBase64 =
	"Z|Zg|Zg=|Zm9|=|==|====|A===|Zg==Zg==|Z=g=|Zg= =| Zg==|Zg==\n|Zm9v\n|-_-_|Zh==|Zm9=|Zm9*|Zmé=";

/** What every Crypto does, whoever implements it. */
export function cryptoSuite(name: string, crypto: Crypto): void {
	test(`${name}: digests`, t => {
		for (const { hash, of, is } of digests) t.is(toHex(crypto.digest(hash, of)), is, `${hash} ${of.length}`);
	});

	for (const { title, hash, key, of, is } of hmacs) {
		test(`${name}: HMAC-${hash}: ${title}`, t => {
			t.is(toHex(crypto.hmac(hash, key, of)), is);
		});
	}

	test(`${name}: only a key longer than one block is hashed first`, t => {
		const text = utf8("x");
		for (const hash of ["sha1", "sha256"] as const) {
			const mac = (key: Uint8Array) => toHex(crypto.hmac(hash, key, text));
			t.not(mac(aa(64)), mac(crypto.digest(hash, aa(64))));
			t.is(mac(aa(65)), mac(crypto.digest(hash, aa(65))));
		}
	});

	test(`${name}: a view of a larger buffer is taken for what it shows`, t => {
		const within = hex("00 61 62 63 00").subarray(1, 4);
		t.is(toHex(crypto.digest("sha1", within)), toHex(crypto.digest("sha1", utf8("abc"))));
		t.is(toHex(crypto.hmac("sha1", within, within)), toHex(crypto.hmac("sha1", utf8("abc"), utf8("abc"))));
		t.is(crypto.encodeBase64(within), "YWJj");
	});

	test(`${name}: Base64, both ways`, t => {
		for (const [plain, text] of base64) {
			t.is(crypto.encodeBase64(hex(plain)), text);
			t.is(toHex(crypto.decodeBase64(text)!), toHex(hex(plain)));
		}
	});

	test(`${name}: what is not Base64 is not decoded`, t => {
		for (const text of notBase64.split("|")) t.is(crypto.decodeBase64(text), undefined, JSON.stringify(text));
	});

	test(`${name}: what it returns is the caller's to keep and change`, t => {
		const first = crypto.digest("sha1", utf8("abc"));
		first.fill(0);
		t.is(toHex(crypto.digest("sha1", utf8("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
		const copy = crypto.decodeBase64("Zm9v")!.slice();
		t.is(toHex(copy), "666f6f");
	});
}
