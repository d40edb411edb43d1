// Java's HttpClient through the proxy: java JavaClient.java PROXY(host:port) HTTP HTTPS CERT
import java.io.FileInputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

class JavaClient {
    static boolean failed = false;

    static void check(String name, boolean good, Object seen) {
        System.out.println((good ? "ok    " : "FAIL  ") + name + (good ? "" : ": " + seen));
        failed |= !good;
    }

    static SSLContext trusting(String certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (FileInputStream file = new FileInputStream(certificate)) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            store.setCertificateEntry("origin", factory.generateCertificate(file));
        }
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    public static void main(String[] args) throws Exception {
        String[] proxy = args[0].split(":");
        HttpClient client = HttpClient.newBuilder()
            .proxy(ProxySelector.of(new InetSocketAddress(proxy[0], Integer.parseInt(proxy[1]))))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .sslContext(trusting(args[3]))
            .build();
        for (String base : new String[] {args[1], args[2]}) {
            String name = "java " + base.split(":")[0] + " ";
            HttpRequest get = HttpRequest.newBuilder(URI.create(base + "/redirect")).build();
            HttpResponse<String> page = client.send(get, BodyHandlers.ofString());
            check(name + "redirect", page.body().contains("quiet town"), page.statusCode());
            byte[] data = "The river carries small boats.\n".repeat(32768).getBytes();
            for (boolean expect : new boolean[] {false, true}) {
                HttpRequest post = HttpRequest.newBuilder(URI.create(base + "/upload"))
                    .expectContinue(expect)
                    .POST(BodyPublishers.ofByteArray(data))
                    .build();
                HttpResponse<String> answer = client.send(post, BodyHandlers.ofString());
                boolean whole = answer.body().contains("\"length\": " + data.length);
                check(name + (expect ? "Expect" : "POST"), whole, answer.body());
            }
        }
        System.exit(failed ? 1 : 0);
    }
}
