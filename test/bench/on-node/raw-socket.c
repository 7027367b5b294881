/*
 * What the operating system and the broker let pass at best: a window of PUBLISHes laid out beforehand, one
 * read for the PUBACKs that have come and one write for as many new messages. It tracks nothing.
 *
 *     raw-socket <port> <window>...
 *
 * It prints JSON: [{"perSecond": n, "cpuMicroseconds": n, "writes": n}, ...], one for each window.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ackBytes = 4, packetBytes = 50, payloadBytes = 32, windowMax = 1000, warmCount = 3000 };
static const double measureMs = 600;

static unsigned char frames[packetBytes * windowMax];
static int stream;
static unsigned id;
static long writes;

static void fail(const char* what)
{
	perror(what);
	exit(1);
}

static double milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double cpuMicroseconds(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	double user = usage.ru_utime.tv_sec * 1e6 + usage.ru_utime.tv_usec;
	return user + usage.ru_stime.tv_sec * 1e6 + usage.ru_stime.tv_usec;
}

static void sendAll(const void* bytes, size_t count)
{
	if (write(stream, bytes, count) != (ssize_t)count)
		fail("write");
	writes++;
}

static void publish(int count)
{
	static const unsigned char head[] = "\x32\x30\0\x0cgodwit/bench";
	for (int i = 0; i < count; i++) {
		unsigned char* packet = frames + i * packetBytes;
		id = id == 0xffff ? 1 : id + 1;
		memcpy(packet, head, 16);
		packet[16] = (unsigned char)(id >> 8);
		packet[17] = (unsigned char)id;
	}
	if (count > 0)
		sendAll(frames, (size_t)count * packetBytes);
}

/* Until so many are acknowledged, or the time is over and none is in flight; gives how many. */
static long keepFull(int window, long count, double ms)
{
	unsigned char acks[ackBytes * windowMax];
	double end = milliseconds() + ms;
	long sent = window, acked = 0;
	int left = 0;
	publish(window);
	while (acked < sent) {
		ssize_t got = read(stream, acks, sizeof acks);
		if (got <= 0)
			fail("read");
		left += (int)got;
		int come = left / ackBytes;
		left %= ackBytes;
		acked += come;
		if (sent < count && milliseconds() < end) {
			publish(come);
			sent += come;
		}
	}
	return acked;
}

static void openStream(int port)
{
	static const unsigned char connectPacket[] = "\x10\x10\0\4MQTT\4\2\0\x3c\0\4rawc";
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
	unsigned char connack[ackBytes];
	int on = 1;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	stream = socket(AF_INET, SOCK_STREAM, 0);
	if (stream < 0 || connect(stream, (struct sockaddr*)&address, sizeof address) < 0)
		fail("connect");
	setsockopt(stream, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	sendAll(connectPacket, sizeof connectPacket - 1);
	if (recv(stream, connack, sizeof connack, MSG_WAITALL) != sizeof connack || connack[3] != 0)
		fail("CONNACK");
}

int main(int argc, char* argv[])
{
	for (int i = 2; i < argc; i++) {
		int window = atoi(argv[i]);
		if (window < 1 || window > windowMax)
			return 2;
		openStream(atoi(argv[1]));
		keepFull(window, warmCount, 1e12);
		double cpu = cpuMicroseconds(), start = milliseconds();
		long before = writes;
		long count = keepFull(window, 1L << 40, measureMs);
		double ms = milliseconds() - start;
		printf("%s{\"perSecond\": %.0f, \"cpuMicroseconds\": %.3f, \"writes\": %.4f}", i == 2 ? "[" : ", ",
			count * 1e3 / ms, (cpuMicroseconds() - cpu) / count, (double)(writes - before) / count);
		close(stream);
	}
	puts("]");
	return 0;
}
