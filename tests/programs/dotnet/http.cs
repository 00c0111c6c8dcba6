// HttpClient, whose handler is WinHttpHandler.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later

using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

static class HttpCases
{
    const int CannotConnect = 12029, NameNotResolved = 12007;
    const int SecureFailure = 12175;

    static HttpClient Client()
    {
        return new HttpClient(new HttpClientHandler());
    }

    static string Url(string path)
    {
        return Setting.Http + path;
    }

    static void Contains(string text, string part)
    {
        Check.That(text.Contains(part), "no " + part + " in " + text);
    }

    /// What the server got, of an answer that has it as base64 in JSON.
    static byte[] Echoed(string json)
    {
        int begin = json.IndexOf("\"data\":\"", StringComparison.Ordinal) + 8;
        return Convert.FromBase64String(json.Substring(begin, json.IndexOf('"', begin) - begin));
    }

    static async Task<string> Answer(HttpResponseMessage response, HttpStatusCode status)
    {
        Check.Same(response.StatusCode, status, "status");
        return await response.Content.ReadAsStringAsync();
    }

    static async Task Echo(HttpClient client, HttpMethod method, HttpContent content, byte[] wanted)
    {
        var request = new HttpRequestMessage(method, Url("/anything")) { Content = content };
        var json = await Answer(await client.SendAsync(request), HttpStatusCode.OK);
        var got = Echoed(json);
        Check.Bytes(got, got.Length, wanted, method + " body");
        Contains(json, "\"method\":\"" + method + "\"");
    }

    public static async Task Get()
    {
        using (var client = Client())
        {
            Contains(await client.GetStringAsync(Url("/get?show=that")), "\"show\":\"that\"");
            Check.Same((await client.GetByteArrayAsync(Url("/bytes/300000"))).Length, 300000, "bytes");
        }
    }

    public static async Task GetMuch()
    {
        var buffer = new byte[70000];
        long total = 0;
        using (var client = Client())
        using (var stream = await client.GetStreamAsync(Url("/bytes/20000000")))
            for (int n; (n = await stream.ReadAsync(buffer, 0, buffer.Length)) > 0; total += n)
                for (int i = 0; i < n; i++) Check.Same(buffer[i], (byte)'x', "byte");
        Check.Same(total, 20000000, "length");
    }

    /// Garbage collections in between move and watch what is not pinned.
    public static async Task GetWhileCollecting()
    {
        using (var client = Client())
            for (int i = 0; i < 30; i++)
            {
                var body = await client.GetByteArrayAsync(Url("/bytes/" + i * 10000));
                Check.Same(body.Length, i * 10000, "length");
                GC.Collect(i % 3);
            }
    }

    public static async Task RequestHeaders()
    {
        using (var client = Client())
        {
            client.DefaultRequestHeaders.UserAgent.ParseAdd("agent/1.2 (test)");
            client.DefaultRequestHeaders.Add("X-Twice", new[] { "one", "two" });
            client.DefaultRequestHeaders.Referrer = new Uri("http://localhost/before");
            client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en-GB, de;q=0.5");
            var json = await client.GetStringAsync(Url("/get"));
            Contains(json, "\"user-agent\":\"agent/1.2 (test)\"");
            Contains(json, "\"x-twice\":\"one, two\"");
            Contains(json, "\"referer\":\"http://localhost/before\"");
            Contains(json, "\"accept-language\":\"en-GB, de; q=0.5\"");
        }
    }

    public static async Task ResponseHeaders()
    {
        using (var client = Client())
        using (var response = await client.GetAsync(
                   Url("/response-headers?X-One=1&X-Two=a%2C%20b&ETag=%22tag%22&Content-Language=en")))
        {
            Check.Same(string.Join("|", response.Headers.GetValues("X-One")), "1", "X-One");
            Check.Same(string.Join("|", response.Headers.GetValues("X-Two")), "a, b", "X-Two");
            Check.Same(response.Headers.ETag.Tag, "\"tag\"", "ETag");
            Check.Same(string.Join("|", response.Content.Headers.ContentLanguage), "en", "language");
            Check.That(response.Content.Headers.ContentLength > 0, "no Content-Length");
            Check.Same(response.Version, new Version(1, 1), "version");
            Check.Same(response.ReasonPhrase, "OK", "reason");
        }
    }

    public static async Task Methods()
    {
        var body = Setting.Noise(1000);
        using (var client = Client())
        {
            foreach (var name in new[] { "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "LINK" })
                await Echo(client, new HttpMethod(name), new ByteArrayContent(body), body);
            await Echo(client, HttpMethod.Delete, null, new byte[0]);
            await Echo(client, HttpMethod.Post, new ByteArrayContent(new byte[0]), new byte[0]);
            var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Url("/bytes/77")));
            Check.Same(await Answer(head, HttpStatusCode.OK), "", "body of HEAD");
            Check.Same(head.Content.Headers.ContentLength, 77, "length of HEAD");
        }
    }

    public static async Task PostMuch()
    {
        var body = Setting.Noise(3000000);
        using (var client = Client())
            await Echo(client, HttpMethod.Post, new ByteArrayContent(body), body);
    }

    /// Of unknown length: .NET writes the chunks itself.
    public static async Task PostChunked()
    {
        var body = Setting.Noise(1000000);
        using (var client = Client())
        {
            client.DefaultRequestHeaders.TransferEncodingChunked = true;
            await Echo(client, HttpMethod.Post, new StreamContent(new MemoryStream(body), 10007), body);
            await Echo(client, HttpMethod.Put, new ByteArrayContent(new byte[0]), new byte[0]);
        }
    }

    public static async Task PostForm()
    {
        var fields = new[] { new KeyValuePair<string, string>("name", "a b&c") };
        using (var client = Client())
            await Echo(client, HttpMethod.Post, new FormUrlEncodedContent(fields),
                       Encoding.ASCII.GetBytes("name=a+b%26c"));
    }

    public static async Task Statuses()
    {
        using (var client = Client())
        {
            foreach (int status in new[] { 200, 201, 202, 400, 403, 404, 409, 418, 500, 503 })
                await Answer(await client.GetAsync(Url("/status/" + status)), (HttpStatusCode)status);
            foreach (int status in new[] { 204, 304 })
                Check.Same(await Answer(await client.GetAsync(Url("/status/" + status)),
                                        (HttpStatusCode)status), "", "body of " + status);
        }
    }

    public static async Task Redirects()
    {
        using (var client = Client())
        {
            foreach (int status in new[] { 301, 302, 303, 307 })
            {
                var response = await client.GetAsync(Url("/redirect-to?status=" + status +
                                                         "&url=/get%3Fthere=1"));
                Contains(await Answer(response, HttpStatusCode.OK), "\"there\":\"1\"");
                Check.Same(response.RequestMessage.RequestUri, new Uri(Url("/get?there=1")), "URI");
            }
            var post = await client.PostAsync(Url("/redirect-to?status=302&url=/anything"),
                                              new StringContent("lost"));
            Contains(await Answer(post, HttpStatusCode.OK), "\"method\":\"GET\"");
        }
    }

    public static async Task RedirectsUnwanted()
    {
        using (var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }))
        {
            var response = await client.GetAsync(Url("/redirect-to?status=302&url=/get"));
            await Answer(response, HttpStatusCode.Redirect);
            Check.Same(response.Headers.Location.ToString(), "/get", "Location");
        }
    }

    public static async Task RedirectsWithoutEnd()
    {
        var handler = new HttpClientHandler { MaxAutomaticRedirections = 5 };
        using (var client = new HttpClient(handler))
            await Check.Fails<HttpRequestException>(() => client.GetAsync(Url("/redirect-loop")),
                                                    "the loop");
    }

    public static async Task Decompression()
    {
        var handler = new HttpClientHandler
        {
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate
        };
        using (var client = new HttpClient(handler))
            foreach (var coding in new[] { "gzip", "deflate" })
            {
                var response = await client.GetAsync(Url("/compressed/" + coding + "/200000"));
                var body = await Answer(response, HttpStatusCode.OK);
                Check.Same(body, new string('x', 200000), coding);
            }
    }

    public static async Task Cookies()
    {
        var handler = new HttpClientHandler { CookieContainer = new CookieContainer() };
        using (var client = new HttpClient(handler))
        {
            handler.CookieContainer.Add(new Uri(Url("/")), new Cookie("mine", "1"));
            await client.GetAsync(Url("/cookies/set/theirs/2"));
            var json = await client.GetStringAsync(Url("/get"));
            Contains(json, "mine=1");
            Contains(json, "theirs=2");
            Check.Same(handler.CookieContainer.GetCookies(new Uri(Url("/"))).Count, 2, "cookies");
        }
        using (var client = new HttpClient(new HttpClientHandler { UseCookies = false }))
        {
            await client.GetAsync(Url("/cookies/set/theirs/2"));
            Check.That(!(await client.GetStringAsync(Url("/get"))).Contains("theirs"), "kept");
        }
    }

    static async Task Login(string path, HttpStatusCode wanted, string password)
    {
        var handler = new HttpClientHandler
        {
            Credentials = new NetworkCredential("alice", password)
        };
        using (var client = new HttpClient(handler))
        {
            await Answer(await client.GetAsync(Url(path)), wanted);
            await Answer(await client.PostAsync(Url(path), new StringContent("body")), wanted);
        }
    }

    public static async Task LoginBasic()
    {
        await Login("/basic-auth/alice/secret", HttpStatusCode.OK, "secret");
        await Login("/basic-auth/alice/secret", HttpStatusCode.Unauthorized, "wrong");
    }

    public static async Task LoginDigest()
    {
        await Login("/digest-auth/auth/alice/secret", HttpStatusCode.OK, "secret");
        await Login("/digest-auth/auth/alice/secret", HttpStatusCode.Unauthorized, "wrong");
    }

    public static async Task LoginMissing()
    {
        using (var client = Client())
        {
            var response = await client.GetAsync(Url("/basic-auth/alice/secret"));
            await Answer(response, HttpStatusCode.Unauthorized);
            Check.Same(response.Headers.WwwAuthenticate.ToString(), "Basic realm=\"httpbin\"",
                       "challenge");
        }
    }

    class NamedProxy : IWebProxy
    {
        public ICredentials Credentials { get; set; }

        public Uri GetProxy(Uri destination)
        {
            return new Uri(Environment.GetEnvironmentVariable("http_proxy"));
        }

        public bool IsBypassed(Uri host)
        {
            return host.AbsolutePath.StartsWith("/status");
        }
    }

    /// By the request's own option: then WinHTTP does not look at the environment.
    public static async Task ProxyNamed()
    {
        using (var client = new HttpClient(new HttpClientHandler { Proxy = new NamedProxy() }))
        {
            Check.Same((await client.GetByteArrayAsync(Url("/bytes/5000"))).Length, 5000, "bytes");
            await Answer(await client.GetAsync(Url("/status/404")), HttpStatusCode.NotFound);
        }
        using (var client = new HttpClient(new HttpClientHandler { UseProxy = false }))
            await client.GetStringAsync(Url("/get"));
    }

    public static async Task TlsVersion()
    {
        var handler = new HttpClientHandler
        {
            SslProtocols = System.Security.Authentication.SslProtocols.Tls12
        };
        using (var client = new HttpClient(handler))
            await client.GetStringAsync(Url("/get"));
    }

    public static async Task Parallel()
    {
        using (var client = Client())
        {
            var all = new List<Task<byte[]>>();
            for (int i = 0; i < 100; i++) all.Add(client.GetByteArrayAsync(Url("/bytes/" + i * 1000)));
            for (int i = 0; i < 100; i++) Check.Same((await all[i]).Length, i * 1000, "answer " + i);
        }
    }

    public static async Task ParallelLimited()
    {
        using (var client = new HttpClient(new HttpClientHandler { MaxConnectionsPerServer = 2 }))
        {
            var all = new List<Task<byte[]>>();
            for (int i = 0; i < 20; i++) all.Add(client.GetByteArrayAsync(Url("/bytes/" + i * 1000)));
            for (int i = 0; i < 20; i++) Check.Same((await all[i]).Length, i * 1000, "answer " + i);
        }
    }

    public static async Task CancelRequest()
    {
        using (var client = Client())
        {
            var source = new CancellationTokenSource();
            var task = client.GetAsync(Url("/delay/60"), source.Token);
            source.CancelAfter(200);
            await Check.Fails<OperationCanceledException>(() => task, "a cancelled request");
            await client.GetStringAsync(Url("/get"));
        }
    }

    public static async Task CancelRead()
    {
        using (var client = Client())
        {
            var source = new CancellationTokenSource();
            var stream = await client.GetStreamAsync(Url("/stall/1000"));
            var buffer = new byte[5000];
            for (int total = 0; total < 1000;)
                total += await stream.ReadAsync(buffer, 0, buffer.Length, source.Token);
            var task = stream.ReadAsync(buffer, 0, buffer.Length, source.Token);
            source.CancelAfter(200);
            await Check.Fails<OperationCanceledException>(() => task, "a cancelled read");
        }
    }

    public static async Task Timeout()
    {
        using (var client = Client())
        {
            client.Timeout = TimeSpan.FromMilliseconds(300);
            await Check.Fails<OperationCanceledException>(() => client.GetAsync(Url("/delay/60")),
                                                          "a request that takes too long");
        }
    }

    public static async Task AbandonResponse()
    {
        using (var client = Client())
            for (int i = 0; i < 10; i++)
            {
                var response = await client.GetAsync(Url("/bytes/10000000"),
                                                     HttpCompletionOption.ResponseHeadersRead);
                var stream = await response.Content.ReadAsStreamAsync();
                Check.That(await stream.ReadAsync(new byte[100], 0, 100) > 0, "nothing came");
                response.Dispose();
            }
    }

    /// WinHTTP does not tell, and this .NET does not look (facts/http.md 8).
    public static async Task CutResponse()
    {
        using (var client = Client())
            Check.Same((await client.GetByteArrayAsync(Url("/cut/5000"))).Length, 5000, "length");
    }

    public static async Task NoServer()
    {
        using (var client = Client())
        {
            await Check.Fails(CannotConnect, () => client.GetAsync("http://127.0.0.1:1/"), "port 1");
            await Check.Fails(NameNotResolved, () => client.GetAsync("http://no-such-host.invalid/"),
                              "a name that does not exist");
        }
    }

    public static async Task StrangerRefused()
    {
        using (var client = Client())
            await Check.Fails(SecureFailure, () => client.GetAsync(Setting.Stranger + "/get"),
                              "a stranger");
    }

    /// The program judges. What it hears of the chain comes from Wine's crypt32, whose base policy
    /// lets a partial one pass, so that is not looked at.
    public static async Task StrangerJudged()
    {
        bool verdict = true;
        string seen = "";
        using (var handler = new HttpClientHandler())
        using (var client = new HttpClient(handler))
        {
            handler.ServerCertificateCustomValidationCallback = (request, certificate, chain, errors) =>
            {
                seen = certificate.Subject;
                return verdict;
            };
            await client.GetStringAsync(Setting.Stranger + "/get");
            Check.Same(seen, "CN=localhost", "the certificate");
        }
        verdict = false;
        using (var handler = new HttpClientHandler())
        using (var client = new HttpClient(handler))
        {
            handler.ServerCertificateCustomValidationCallback = (request, certificate, chain, errors) =>
                verdict;
            await Check.Fails<HttpRequestException>(() => client.GetAsync(Setting.Stranger + "/get"),
                                                    "a stranger that the program refuses");
        }
    }
}
