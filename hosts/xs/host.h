/*
 * The parts of the host, and what they ask of each other. One process runs one machine in one thread; only
 * name lookups have threads of their own, and these never touch the machine.
 */
#ifndef GODWIT_XS_HOST
#define GODWIT_XS_HOST

#include "xsAll.h"
#include "xsScript.h"

#include <poll.h>

enum {
	exitUsage = 2,
	exitMemory = 11,
	exitStack = 12,
	exitException = 15,
	exitKeys = 16,
};

/* The heap as on a board: room for the script, beyond the built-ins and its bytecode, which are ROM there. */
typedef struct {
	int slots;
	int chunkBytes;
	int stackSlots;
	bool fixed;
} Limits;

/* machine.c: life of the engine */
txMachine* createMachine(const Limits* limits);
void limitMachine(txMachine* the, const Limits* limits);
txScript* loadScript(txMachine* the, const char* path);
void runScript(txMachine* the, txScript* script);
void runJobs(txMachine* the);
void leave(int status) XS_FUNCTION_NORETURN;

/* memory.c: its counters */
void startCounters(txMachine* the);
double computrons(txMachine* the);
void engineMeter(txMachine* the);
void engineMemory(txMachine* the);
void engineCollect(txMachine* the);
extern unsigned collections;

/* call.c: between C and script */
void callBegin(txMachine* the, txSlot* self, txSlot* function);
void callEnd(txMachine* the, int count);
void fail(txMachine* the, const char* what) XS_FUNCTION_NORETURN;
/* The bytes of an ArrayBuffer, a typed array or a DataView; good until the machine allocates. */
txByte* bytesOf(txMachine* the, txSlot* slot, txInteger* size);
txSlot* argument(txMachine* the, int index);
txInteger integerArgument(txMachine* the, int index);
void functionArgument(txMachine* the, int index, txSlot* target);
void addValue(txMachine* the, const char* name);
void addFunction(txMachine* the, const char* name, txCallback callback, int length);
void* hostData(txMachine* the, txSlot* slot, const txHostHooks* hooks, const char* what);

/* engine.c: the global object */
void installEngine(txMachine* the, int count, char** arguments);

/* text.c */
void engineEncode(txMachine* the);
void engineDecode(txMachine* the);
bool wellFormed(const txU1* bytes, const txU1* end);

/* tcp.c, tcp-loop.c */
void installTCP(txMachine* the);
void markSockets(txMachine* the, txMarkRoot markRoot);
int pollSockets(struct pollfd* polls);
void serveSockets(txMachine* the, const struct pollfd* polls, int count);
/* Milliseconds for which the sockets can wait for the network; negative for any time. */
double socketsWait(void);
bool socketsAlive(void);
void flushSockets(txMachine* the);

/* timer.c */
void installTimer(txMachine* the);
void markTimers(txMachine* the, txMarkRoot markRoot);
void serveTimers(txMachine* the);
bool timersAlive(void);
/* Milliseconds until the next timer; negative when there is none. */
double timersWait(void);
/* The shorter of two waits, of which a negative one has no end. */
double sooner(double a, double b);
double ticks(void);

/* resolve.c */
void engineResolve(txMachine* the);
void markLookups(txMachine* the, txMarkRoot markRoot);
int lookupDescriptor(void);
void serveLookups(txMachine* the);
bool lookupsDone(void);
bool lookupsAlive(void);

/* input.c */
void engineInput(txMachine* the);
void markInput(txMachine* the, txMarkRoot markRoot);
bool inputAlive(void);
void serveInput(txMachine* the);

enum { socketMax = 64 };

#endif
