"""A server that has files of a folder, and misbehaves as its path says: NNN/ fails with that status, some/ with the one
in FILE.code, to/ and loop/ redirect, cut/, endless/ and hang/ begin a body (hang until RELEASE exists).
usage: stage-server.py FOLDER LOG PORTS RELEASE PEM; writes the ports of http and https to PORTS."""
import http.server, os, ssl, sys, threading, time
root, log, port_file, release = sys.argv[1:5]
class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *a): super().__init__(*a, directory=root)
    def log_message(self, *a): pass
    def do_GET(self):
        with open(log, "a") as f: f.write(self.path + " " + str(self.headers.get("Authorization")) + "\n")
        first, _, rest = self.path[1:].partition("/")
        if first.isdigit(): return self.send_error(int(first))
        if first == "some" and os.path.exists(root + "/" + rest + ".code"):
            return self.send_error(int(open(root + "/" + rest + ".code").read()))
        if first in ("ok", "some"): self.path = "/" + rest; return super().do_GET()
        if first == "to":                       # /to/https:HOST:PORT/PATH/KEY.zip
            self.send_response(302); self.send_header("Location", rest.replace(":", "://", 1)); return self.end_headers()
        if first == "loop": self.send_response(302); self.send_header("Location", self.path); return self.end_headers()
        self.send_response(200)
        if first == "cut": self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"PK"); self.wfile.flush()
        if first == "endless":
            try:
                while True: self.wfile.write(b"\0" * 65536)
            except OSError: pass
        if first == "hang":
            while not os.path.exists(release): time.sleep(0.05)
plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
https = type(plain)(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[5])
https.socket = context.wrap_socket(https.socket, server_side=True)
with open(port_file + ".new", "w") as f: f.write(f"{plain.server_address[1]} {https.server_address[1]}\n")
os.rename(port_file + ".new", port_file)
threading.Thread(target=https.serve_forever, daemon=True).start()
plain.serve_forever()
