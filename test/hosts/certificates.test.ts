// node only
// What Node's own reader of certificates, which is OpenSSL's, makes of those that we make.

import test from "ava";
import { X509Certificate, createPrivateKey } from "node:crypto";
import {
	makeAuthority,
	makeClientCertificate,
	makeServerCertificate,
} from "../../hosts/cloud/certificates.js";

for (const algorithm of ["ecdsa", "rsa"] as const) {
	test(`certificates: a server's by ${algorithm} is signed by its authority, for its names`, async t => {
		const authority = await makeAuthority({ algorithm, name: "Someone" });
		const names = ["broker.example", "127.0.0.1"];
		const { chain, chainPem, privateKey, privateKeyPem } = await makeServerCertificate({
			names,
			authority,
			algorithm,
		});
		const own = new X509Certificate(chain[0]!);
		const issuer = new X509Certificate(chain[1]!);
		t.is(chain.length, 2);
		t.true(issuer.ca);
		t.false(own.ca);
		t.is(issuer.subject, "CN=Someone");
		t.true(own.checkIssued(issuer));
		t.true(own.verify(issuer.publicKey));
		t.is(own.checkHost("broker.example"), "broker.example");
		t.is(own.checkHost("other.example"), undefined);
		t.is(own.checkIP("127.0.0.1"), "127.0.0.1");
		t.true(new Date(own.validFrom).getTime() < Date.now());
		const key = createPrivateKey({ key: Buffer.from(privateKey), format: "der", type: "pkcs8" });
		t.true(own.checkPrivateKey(key));
		t.true(own.checkPrivateKey(createPrivateKey(privateKeyPem)));
		t.is(chainPem.match(/BEGIN CERTIFICATE/g)!.length, 2);
		t.is(new X509Certificate(chainPem).fingerprint256, own.fingerprint256);
	});
}

test("certificates: one without an authority vouches for itself; its time is as told", async t => {
	const [notBefore, notAfter] = [new Date(Date.UTC(2020, 0, 1)), new Date(Date.UTC(2020, 0, 2))];
	const { chain } = await makeServerCertificate({ names: ["a"], notBefore, notAfter });
	t.is(chain.length, 1);
	const own = new X509Certificate(chain[0]!);
	t.true(own.verify(own.publicKey));
	t.is(new Date(own.validFrom).getTime(), notBefore.getTime());
	t.is(new Date(own.validTo).getTime(), notAfter.getTime());
});

test("certificates: a client's is not good for a server", async t => {
	const authority = await makeAuthority();
	const { chain } = await makeClientCertificate({ name: "d1", authority });
	t.deepEqual(new X509Certificate(chain[0]!).keyUsage, ["1.3.6.1.5.5.7.3.2"]);
});

test("certificates: a server without a name is the caller's mistake", async t => {
	await t.throwsAsync(makeServerCertificate({ names: [] }), { instanceOf: RangeError });
});
