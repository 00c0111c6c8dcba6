// ClientWebSocket, which is WinHttpWebSocket inside.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later

using System;
using System.Collections.Generic;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

static class WebSocketCases
{
    const int ConnectionError = 12030, InvalidServerResponse = 12152;

    static readonly int[] sizes = { 0, 1, 125, 126, 4096, 16384, 65535, 65536, 1000000 };

    static async Task<ClientWebSocket> Open(string path, Action<ClientWebSocketOptions> set = null)
    {
        var socket = new ClientWebSocket();
        if (set != null) set(socket.Options);
        await socket.ConnectAsync(new Uri(Setting.WebSocket + path), CancellationToken.None);
        Check.Same(socket.State, WebSocketState.Open, "state");
        return socket;
    }

    static Task Send(WebSocket socket, byte[] data, int offset, int length, WebSocketMessageType type,
                     bool end)
    {
        return socket.SendAsync(new ArraySegment<byte>(data, offset, length), type, end,
                                CancellationToken.None);
    }

    static Task Send(WebSocket socket, byte[] data, WebSocketMessageType type)
    {
        return Send(socket, data, 0, data.Length, type, true);
    }

    static async Task<WebSocketMessageType> Receive(WebSocket socket, byte[] wanted, int piece)
    {
        var got = new byte[wanted.Length + 1];
        int length = 0;
        WebSocketReceiveResult result;
        do
        {
            int room = Math.Min(piece, got.Length - length);
            result = await socket.ReceiveAsync(new ArraySegment<byte>(got, length, room),
                                               CancellationToken.None);
            length += result.Count;
        }
        while (!result.EndOfMessage && length < got.Length);
        Check.Bytes(got, length, wanted, "message");
        return result.MessageType;
    }

    static Task<WebSocketReceiveResult> ReceiveOne(WebSocket socket)
    {
        return socket.ReceiveAsync(new ArraySegment<byte>(new byte[1000]), CancellationToken.None);
    }

    /// What the server got with the upgrade, which /headers says first, a field a line.
    static async Task<string[]> RequestFields(WebSocket socket)
    {
        var fields = new byte[16384];
        int length = 0;
        WebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(
                new ArraySegment<byte>(fields, length, fields.Length - length),
                CancellationToken.None);
            length += result.Count;
        }
        while (!result.EndOfMessage);
        return Encoding.ASCII.GetString(fields, 0, length).Split('\n');
    }

    static void Sent(string[] fields, string wanted)
    {
        var name = wanted.Substring(0, wanted.IndexOf(' ') + 1);
        var found = Array.FindAll(fields, field => field.StartsWith(name, StringComparison.Ordinal));
        Check.Same(string.Join("|", found), wanted, "what the server got");
    }

    static async Task Close(WebSocket socket)
    {
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        Check.Same(socket.State, WebSocketState.Closed, "state");
        Check.Same(socket.CloseStatus, WebSocketCloseStatus.NormalClosure, "status");
        Check.Same(socket.CloseStatusDescription, "bye", "reason");
        socket.Dispose();
    }

    public static async Task SocketEcho()
    {
        var socket = await Open("/echo");
        foreach (int size in sizes)
        {
            var letters = Setting.Letters(size);
            await Send(socket, letters, WebSocketMessageType.Text);
            Check.Same(await Receive(socket, letters, size + 1), WebSocketMessageType.Text, "type");
            var noise = Setting.Noise(size);
            await Send(socket, noise, WebSocketMessageType.Binary);
            Check.Same(await Receive(socket, noise, size + 1), WebSocketMessageType.Binary, "type");
        }
        await Close(socket);
    }

    public static async Task SocketReceiveInPieces()
    {
        var socket = await Open("/echo");
        foreach (int piece in new[] { 1, 7, 1000, 8192 })
        {
            var noise = Setting.Noise(20000 * piece / (piece + 10) + 1);
            await Send(socket, noise, WebSocketMessageType.Binary);
            await Receive(socket, noise, piece);
        }
        await Close(socket);
    }

    public static async Task SocketFragments()
    {
        var socket = await Open("/echo-fragments?n=7");
        foreach (var type in new[] { WebSocketMessageType.Binary, WebSocketMessageType.Text })
        {
            var letters = Setting.Letters(50000);
            for (int i = 0; i < letters.Length; i += 10000)
                await Send(socket, letters, i, 10000, type, i + 10000 == letters.Length);
            Check.Same(await Receive(socket, letters, 3000), type, "type");
        }
        await Close(socket);
    }

    /// One sends while the other receives; each may be ahead.
    public static async Task SocketBothWays()
    {
        const int count = 300;
        var socket = await Open("/echo");
        var receiving = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++) await Receive(socket, Setting.Noise(i * 37), 2000);
        });
        for (int i = 0; i < count; i++)
            await Send(socket, Setting.Noise(i * 37), WebSocketMessageType.Binary);
        await receiving;
        await Close(socket);
    }

    public static async Task SocketWhileCollecting()
    {
        var socket = await Open("/echo");
        for (int i = 0; i < 100; i++)
        {
            var noise = Setting.Noise(100 + i * 2000);
            await Send(socket, noise, WebSocketMessageType.Binary);
            GC.Collect(i % 3);
            await Receive(socket, noise, 50000);
        }
        await Close(socket);
    }

    public static async Task SocketSubprotocol()
    {
        var socket = await Open("/headers?choose=chat", options =>
        {
            options.AddSubProtocol("other");
            options.AddSubProtocol("chat");
            options.SetRequestHeader("X-Own", "value");
            options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        });
        Check.Same(socket.SubProtocol, "chat", "subprotocol");
        var fields = await RequestFields(socket);
        Sent(fields, "Sec-WebSocket-Protocol: other, chat");
        Sent(fields, "X-Own: value");
        await Close(socket);
    }

    public static async Task SocketCookies()
    {
        var jar = new System.Net.CookieContainer();
        jar.Add(new Uri(Setting.WebSocket.Replace("ws", "http")), new System.Net.Cookie("mine", "1"));
        var socket = await Open("/headers", options => options.Cookies = jar);
        Sent(await RequestFields(socket), "Cookie: mine=1");
        await Close(socket);
    }

    public static async Task SocketManyAtOnce()
    {
        var all = new List<Task>();
        for (int i = 0; i < 100; i++)
        {
            var noise = Setting.Noise(100 + i * 100);
            all.Add(Task.Run(async () =>
            {
                var socket = await Open("/echo");
                for (int n = 0; n < 10; n++)
                {
                    await Send(socket, noise, WebSocketMessageType.Binary);
                    await Receive(socket, noise, 5000);
                }
                await Close(socket);
            }));
        }
        await Task.WhenAll(all);
    }

    public static async Task SocketPings()
    {
        var socket = await Open("/ping?n=3");
        var noise = Setting.Noise(100);
        await Send(socket, noise, WebSocketMessageType.Binary);
        await Receive(socket, noise, 200);
        await Close(socket);
    }

    /// The server ends it: the program hears its status, and answers.
    public static async Task SocketClosedByServer()
    {
        var socket = await Open("/close?code=1008&reason=policy&when=open");
        var result = await ReceiveOne(socket);
        Check.Same(result.MessageType, WebSocketMessageType.Close, "type");
        Check.Same(result.CloseStatus, WebSocketCloseStatus.PolicyViolation, "status");
        Check.Same(result.CloseStatusDescription, "policy", "reason");
        Check.Same(socket.State, WebSocketState.CloseReceived, "state");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        Check.Same(socket.State, WebSocketState.Closed, "state");
    }

    /// Half a close: what the server still says is read.
    public static async Task SocketCloseOutput()
    {
        var socket = await Open("/echo");
        await Send(socket, Setting.Noise(500), WebSocketMessageType.Binary);
        await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "away",
                                      CancellationToken.None);
        Check.Same(socket.State, WebSocketState.CloseSent, "state");
        await Check.Fails<Exception>(() => Send(socket, new byte[1], WebSocketMessageType.Binary),
                                     "sending behind the close");
        await Receive(socket, Setting.Noise(500), 1000);
        var result = await ReceiveOne(socket);
        Check.Same(result.MessageType, WebSocketMessageType.Close, "type");
        Check.Same(result.CloseStatus, WebSocketCloseStatus.EndpointUnavailable, "status");
        Check.Same(socket.State, WebSocketState.CloseReceived, "state"); // as .NET has it on Windows
    }

    public static async Task SocketCloseWithoutReason()
    {
        var socket = await Open("/echo");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Check.Same(socket.CloseStatus, WebSocketCloseStatus.NormalClosure, "status");
    }

    public static async Task SocketCutByServer()
    {
        var socket = await Open("/drop?when=open");
        await Check.Fails(ConnectionError, () => ReceiveOne(socket), "an end");
        socket = await Open("/reset?when=open");
        await Check.Fails(ConnectionError, () => ReceiveOne(socket), "a reset");
    }

    /// Each call ends in its own way where WinHTTP says 12017 of it, otherwise by WinHTTP's code.
    public static async Task SocketAborted()
    {
        var socket = await Open("/sink");
        var task = ReceiveOne(socket);
        socket.Abort();
        await Check.Fails<OperationCanceledException>(() => task, "a Receive that waits");
        Check.Same(socket.State, WebSocketState.Aborted, "state");

        socket = await Open("/silent-close");
        var closing = socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        socket.Abort();
        var wrong = await Check.Fails<WebSocketException>(() => closing, "a Close that waits");
        Check.Same(wrong.WebSocketErrorCode, WebSocketError.InvalidState, "code");
        Check.Same(socket.State, WebSocketState.Aborted, "state");
    }

    public static async Task SocketCancelled()
    {
        var socket = await Open("/sink");
        var source = new CancellationTokenSource(200);
        await Check.Fails<OperationCanceledException>(
            () => socket.ReceiveAsync(new ArraySegment<byte>(new byte[100]), source.Token),
            "a Receive that waits");
        Check.Same(socket.State, WebSocketState.Aborted, "state");
    }

    public static async Task SocketBadFrame()
    {
        var socket = await Open("/bad-frame?kind=opcode");
        await Send(socket, new byte[1], WebSocketMessageType.Binary);
        await Check.Fails(InvalidServerResponse, () => ReceiveOne(socket), "a frame that is none");
    }

    static async Task Refused(string url, string what)
    {
        using (var socket = new ClientWebSocket())
        {
            await Check.Fails<WebSocketException>(
                () => socket.ConnectAsync(new Uri(url), CancellationToken.None), what);
            Check.Same(socket.State, WebSocketState.Closed, "state of " + what);
        }
    }

    public static async Task SocketRefused()
    {
        await Refused(Setting.WebSocket + "/status/404", "status 404");
        await Refused(Setting.WebSocket + "/hello", "no WebSocket");
        await Refused(Setting.WebSocket + "/bad-accept", "a wrong Sec-WebSocket-Accept");
        await Refused("ws://127.0.0.1:1/", "a port where nobody listens");
        await Refused(Setting.Stranger.Replace("http", "ws") + "/", "a stranger");
    }
}
