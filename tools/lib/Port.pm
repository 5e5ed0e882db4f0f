# tools/lib/Port.pm - TCP ports on 127.0.0.1, where QEMU waits for GDB.
#
# Port::taken(PORT): does a program listen at PORT?  Port::free(): a port where
# none does.  They do not connect, as a connection would stop QEMU's machine.

package Port;

use strict;
use warnings;
use Socket;

# Bind to the port; with 0, the system picks one.  Fails if a program listens
# there.  SO_REUSEADDR lets another program bind to the port right after.
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
