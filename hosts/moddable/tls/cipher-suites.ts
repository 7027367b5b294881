// Stands in the place of the SDK's module of this kind, whose list begins with ciphers that have no forward
// secrecy and padding that is not checked. A server may take the first that it knows.

/** The SDK's numbers for ECDHE, AES, SHA-256 and GCM, in ssl/constants. */
const shared = {
	isExportable: false,
	keyExchangeAlgorithm: 6,
	cipherAlgorithm: 0,
	cipherKeySize: 16,
	cipherBlockSize: 16,
	hashAlgorithm: 2,
	hashSize: 32,
	encryptionMode: 2,
	/** Of the part of the nonce that each record has, and of the part that it has not. */
	ivSize: 8,
	saltSize: 4,
};

/** TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256. */
export default Object.freeze([
	Object.freeze({ ...shared, value: Object.freeze([0xc0, 0x2b]) }),
	Object.freeze({ ...shared, value: Object.freeze([0xc0, 0x2f]) }),
]);
