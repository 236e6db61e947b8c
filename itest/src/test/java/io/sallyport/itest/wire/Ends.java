package io.sallyport.itest.wire;

import io.sallyport.stack.port.Side;
import java.nio.ByteBuffer;

/**
 * The two ends of one conversation. Each has ports of its own, so that no conversation knows another's.
 *
 * @param isV6 IPv6 rather than IPv4
 * @param number of the conversation
 * @param attackerSide where the attacker is
 * @param isAttackerClient the attacker opens the connection; else the victim does
 */
public record Ends(boolean isV6, int number, Side attackerSide, boolean isAttackerClient) {
    private static final int FIRST_PORT = 2_000;
    private static final int PORTS = 60_000;

    public int attackerPort() {
        return FIRST_PORT + number % PORTS;
    }

    public int victimPort() {
        return 80;
    }

    public byte[] address(boolean isAttacker) {
        boolean isInside = isAttacker == (attackerSide == Side.LAN);
        if (!isV6) {
            return ByteBuffer.allocate(4)
                    .putInt((isInside ? 0xC0A8_0109 : 0xCB00_7109) + (number / PORTS))
                    .array();
        }
        return ByteBuffer.allocate(16)
                .putInt(0x2001_0DB8)
                .putInt(isInside ? 1 : 2)
                .putLong(9L + number / PORTS)
                .array();
    }

    public byte[] mac(boolean isAttacker) {
        return new byte[] {2, 0, 0, 0, 0, (byte) (isAttacker == (attackerSide == Side.LAN) ? 1 : 2)};
    }
}
