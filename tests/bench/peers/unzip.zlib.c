/* usage: inflate FILE OFFSET
 * The bare loop of zlib: inflates the raw stream that begins there to stdout. No CRC, no
 * sizes, no archive. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

int
main(int argc, char **argv)
{
	static unsigned char in[1 << 18], out[1 << 18];
	z_stream z = {0};
	int rc = Z_OK, fd = argc == 3 ? open(argv[1], O_RDONLY) : -1;
	if (fd < 0 || lseek(fd, atoll(argv[2]), SEEK_SET) < 0 || inflateInit2(&z, -15) != Z_OK)
		return 1;
	while (rc == Z_OK) {
		if (z.avail_in == 0) {
			ssize_t n = read(fd, in, sizeof in);
			if (n <= 0)
				return 1;
			z.next_in = in;
			z.avail_in = (uInt)n;
		}
		z.next_out = out;
		z.avail_out = sizeof out;
		rc = inflate(&z, Z_NO_FLUSH);
		size_t have = sizeof out - z.avail_out;
		for (size_t done = 0; done < have;) {
			ssize_t n = write(1, out + done, have - done);
			if (n <= 0)
				return 1;
			done += (size_t)n;
		}
	}
	return rc != Z_STREAM_END;
}
