package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate with its key, made by the JDK's keytool when it is first asked for. */
public final class TestCertificate {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String ALIAS = "test";
    private static final String AUTHORITY = "authority";
    private static final Map<List<String>, TestCertificate> MADE = new ConcurrentHashMap<>();

    private final KeyStore store;

    private TestCertificate(KeyStore store) {
        this.store = store;
    }

    /**
     * Valid from yesterday on for ten days, and signed by itself.
     *
     * @param names as keytool writes alternative names: {@code dns:localhost}, {@code ip:127.0.0.1}
     */
    public static TestCertificate valid(String... names) {
        return made("-1d", "10", false, names);
    }

    /** Was valid until the day before yesterday, and is signed by an authority that still is. */
    public static TestCertificate expired(String... names) {
        return made("-10d", "8", true, names);
    }

    /** Another one of the same names, signed by itself. */
    public static TestCertificate another(String... names) {
        return made("-1d", "11", false, names);
    }

    private static TestCertificate made(String start, String days, boolean signed, String... names) {
        return MADE.computeIfAbsent(List.of(start, days, String.join(",", names)), absent -> {
            try {
                return make(start, days, signed, String.join(",", names));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        });
    }

    private static TestCertificate make(String start, String days, boolean signed, String names)
            throws IOException, GeneralSecurityException, InterruptedException {
        var directory = Files.createTempDirectory("certificate");
        var file = directory.resolve("store.p12");
        if (signed) {
            keytool(file, "-alias", AUTHORITY, "-dname", "CN=authority", "-ext", "bc=ca:true", "-validity", "20");
            keytool(
                    file,
                    "-alias",
                    ALIAS,
                    "-ext",
                    "san=" + names,
                    "-startdate",
                    start,
                    "-validity",
                    days,
                    "-signer",
                    AUTHORITY,
                    "-dname",
                    "CN=test");
        } else {
            keytool(
                    file,
                    "-alias",
                    ALIAS,
                    "-ext",
                    "san=" + names,
                    "-startdate",
                    start,
                    "-validity",
                    days,
                    "-dname",
                    "CN=test");
        }
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        Files.delete(file);
        Files.delete(directory);
        return new TestCertificate(store);
    }

    private static void keytool(Path file, String... options) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", new String(PASSWORD), "-keystore", file.toString()));
        command.addAll(List.of(options));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(output);
        }
    }

    /** Who signed it. */
    public String authorityPem() {
        try {
            var chain = store.getCertificateChain(ALIAS);
            return pem("CERTIFICATE", chain[chain.length - 1].getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public String certificatePem() {
        try {
            return pem("CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** PKCS#8. */
    public String keyPem() {
        try {
            return pem("PRIVATE KEY", store.getKey(ALIAS, PASSWORD).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(content), what);
    }

    /** For a client that shows no certificate and takes a server with this one. */
    public SSLContext trustingContext() {
        return context(new KeyManager[0], this);
    }

    /** For a server or client that shows this certificate and takes peers that show one of those. */
    public SSLContext context(TestCertificate... peers) {
        try {
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            return context(keys.getKeyManagers(), peers);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext context(KeyManager[] keys, TestCertificate... peers) {
        try {
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            for (int i = 0; i < peers.length; i++) {
                trusted.setCertificateEntry("peer" + i, peers[i].store.getCertificate(ALIAS));
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(keys, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
