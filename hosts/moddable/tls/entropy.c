// The SDK seeds the generator of its TLS with rand(), which nobody seeds on most platforms: the keys of every
// start are the same. This is the source that each platform has.

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#if ESP32
	#include "esp_random.h"
#elif defined(PICO_BUILD)
	#include "pico/rand.h"
#elif defined(__linux__) || defined(__APPLE__)
	#include <sys/random.h>
#else
	#error "TLS needs a source of chance, and none is known for this platform"
#endif

/* getentropy() gives no more at a time. */
#define kEntropyBytesMax 256

void godwit_fill_with_entropy(xsMachine *the)
{
	uint8_t bytes[kEntropyBytesMax];
	xsUnsignedValue count;
	void *buffer;

	xsmcGetBufferWritable(xsArg(0), &buffer, &count);
	if (count > sizeof(bytes))
		xsRangeError("too much");
#if ESP32
	esp_fill_random(bytes, count);
#elif defined(PICO_BUILD)
	for (xsUnsignedValue i = 0; i < count; i++)
		bytes[i] = (uint8_t)get_rand_32();
#else
	if (getentropy(bytes, count) != 0)
		xsUnknownError("no entropy");
#endif
	xsmcGetBufferWritable(xsArg(0), &buffer, &count);
	c_memcpy(buffer, bytes, count);
}
