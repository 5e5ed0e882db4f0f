// Requests.  The client sends the number with a page that holds the request.
// The server replies with a number; some replies also fill the request's page.
enum {
	FSREQ_OPEN = 1,			// the reply comes with the Fd page
	FSREQ_SET_SIZE,
	FSREQ_READ,			// the reply fills readRet
	FSREQ_WRITE,
	FSREQ_STAT,			// the reply fills statRet
	FSREQ_FLUSH,
	FSREQ_REMOVE,
	FSREQ_SYNC
};
