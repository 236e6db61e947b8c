package io.sallyport.bench.hostile;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One transfer over one TCP connection, from the client's thread.
 *
 * @param server its address
 * @param seed of the text
 * @param bytes of the text
 * @param isUpload from client to server
 * @param isEdited whether what arrives is edited on its way
 */
record Transfer(String server, long seed, int bytes, boolean isUpload, boolean isEdited) {
    /** It did not end as it should. */
    static final class Failure extends IOException {
        private static final long serialVersionUID = 1L;
        private final boolean isStall;

        Failure(boolean isStall, String message) {
            super(message);
            this.isStall = isStall;
        }

        boolean isStall() {
            return isStall;
        }
    }

    /** Transfers, and compares every byte. */
    void run() throws Failure {
        String what = (isUpload ? "upload " : "download ") + seed;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server, TransferServer.PORT), TransferServer.STALL_MS);
            // An upload is written into buffers; its progress is the server's to watch, who closes when there is none.
            socket.setSoTimeout(isUpload ? TransferServer.ANSWER_MS : TransferServer.STALL_MS);
            OutputStream out = socket.getOutputStream();
            out.write(((isUpload ? "PUT" : "GET") + " /" + seed + "/" + bytes + " HTTP/1.0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            String text = TransferText.make(seed, bytes);
            if (isUpload) {
                out.write(TransferText.bytes(text));
                socket.shutdownOutput();
            }
            InputStream in = socket.getInputStream();
            String head = TransferServer.readHead(in);
            byte[] got = TransferServer.readAll(in, bytes);
            if (isUpload) {
                if (!head.startsWith("HTTP/1.0 200 ")) {
                    throw new Failure(false, what + ": " + new String(got, StandardCharsets.US_ASCII));
                }
                return;
            }
            compare(what, got, TransferText.bytes(isEdited ? TransferText.edited(text) : text));
        } catch (SocketTimeoutException e) {
            throw new Failure(true, what + ": 30 s without progress");
        } catch (Failure e) {
            throw e;
        } catch (IOException e) {
            throw new Failure(false, what + ": " + e.getMessage());
        }
    }

    private static void compare(String what, byte[] got, byte[] expected) throws Failure {
        int difference = Arrays.mismatch(got, expected);
        if (difference >= 0) {
            throw new Failure(
                    false,
                    what + ": " + got.length + " bytes instead of " + expected.length + ", different from "
                            + difference);
        }
    }
}
