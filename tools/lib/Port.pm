# tools/lib/Port.pm - TCP ports on 127.0.0.1, where QEMU waits for GDB.
#
# Port::taken(PORT): does somebody listen there?  Port::free(): one where
# nobody does.  Asking connects to nobody, as connecting stops the machine.

package Port;

use strict;
use warnings;
use Socket;

# Reserve the port; port 0 lets the system pick.  This fails if somebody
# listens there, and disturbs nobody who is about to.
sub reserve {
	my ($port) = @_;

	socket(my $sock, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
	setsockopt($sock, SOL_SOCKET, SO_REUSEADDR, 1);
	bind($sock, sockaddr_in($port, INADDR_LOOPBACK)) or return undef;
	return $sock;
}

sub taken {
	my ($port) = @_;

	return !reserve($port);
}

sub free {
	my $sock = reserve(0) or die "no free TCP port: $!\n";
	my ($port) = sockaddr_in(getsockname($sock));

	return $port;
}

1;
