/* A TCP socket: what tcp.c shows to script, and what tcp-loop.c moves between buffers and the network. */
#ifndef GODWIT_XS_SOCKET
#define GODWIT_XS_SOCKET

#include "host.h"

/* lwIP's send buffer on an ESP32 is 8192 bytes; a receive window of half of it asks more of the script. */
enum { receiveMax = 4096, sendMax = 8192 };

typedef struct Socket {
	txSlot self;
	txSlot onReadable;
	txSlot onWritable;
	txSlot onError;
	int descriptor;
	bool connecting; /* not open yet */
	bool ended;      /* nothing more comes: refused, reset or closed by the peer */
	bool told;       /* onError has been called */
	bool closed;     /* by the script, which has let go of it; what was written is still being sent */
	double lingerEnd;
	int start; /* unread bytes are received[start, end) */
	int end;
	int pending; /* bytes to send are sending[0, pending) */
	int offered; /* what script was last told that it can write */
	txU1 received[receiveMax];
	txU1 sending[sendMax];
} Socket;

void addSocket(txMachine* the, Socket* socket);
void closeSocket(Socket* socket);

#endif
