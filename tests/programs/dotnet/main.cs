// Programs for .NET: what HttpClient and ClientWebSocket do where they use WinHTTP, as those of .NET
// Core 2.0 do on Windows.
//
// Copyright 2026 the winhttp authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
//   dotnet.exe exec --runtimeconfig RELEASE.json cases.dll CASE HTTP-URL WEBSOCKET-URL STRANGER-URL
//
// A case is a static method of HttpCases or WebSocketCases. Its servers: server_httpbin.js, echod, and
// server_httpbin.js once more with a certificate that nobody trusts. Prints "passed", or what was
// wrong, and returns 0 or 1.

using System;
using System.Reflection;
using System.Threading.Tasks;

class Wrong : Exception
{
    public Wrong(string what) : base(what) { }
}

static class Check
{
    public static void That(bool right, string what)
    {
        if (!right) throw new Wrong(what);
    }

    public static void Same<T>(T got, T wanted, string what)
    {
        if (!Equals(got, wanted)) throw new Wrong(what + ": " + got + " instead of " + wanted);
    }

    public static void Bytes(byte[] got, int length, byte[] wanted, string what)
    {
        Same(length, wanted.Length, what + ", length");
        for (int i = 0; i < length; i++)
            if (got[i] != wanted[i]) throw new Wrong(what + ": byte " + i + " is wrong");
    }

    /// The exception of that type, somewhere among the causes of what it ends with.
    public static async Task<T> Fails<T>(Func<Task> action, string what) where T : Exception
    {
        try
        {
            await action();
        }
        catch (Exception thrown)
        {
            for (Exception cause = thrown; cause != null; cause = cause.InnerException)
                if (cause is T) return (T)cause;
            throw new Wrong(what + " failed with " + thrown);
        }
        throw new Wrong(what + " did not fail");
    }

    /// The code of WinHTTP, of Windows's exceptions for it.
    public static async Task Fails(int code, Func<Task> action, string what)
    {
        Same((await Fails<System.ComponentModel.Win32Exception>(action, what)).NativeErrorCode, code,
             what);
    }
}

static class Setting
{
    public static string Http, WebSocket, Stranger;

    /// Bytes that are the same each time, and do not repeat where buffers may end.
    public static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(length).NextBytes(noise);
        return noise;
    }

    /// The same for a text message.
    public static byte[] Letters(int length)
    {
        var letters = Noise(length);
        for (int i = 0; i < length; i++) letters[i] = (byte)('a' + letters[i] % 26);
        return letters;
    }

    static MethodInfo Find(string name)
    {
        foreach (var cases in new[] { typeof(HttpCases), typeof(WebSocketCases) })
        {
            var method = cases.GetMethod(name, BindingFlags.Public | BindingFlags.Static);
            if (method != null) return method;
        }
        throw new Wrong("there is no such case");
    }

    static int Main(string[] arguments)
    {
        try
        {
            Http = arguments[1];
            WebSocket = arguments[2];
            Stranger = arguments[3];
            ((Task)Find(arguments[0]).Invoke(null, null)).GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            Console.WriteLine(exception);
            return 1;
        }
        Console.WriteLine("passed");
        return 0;
    }
}
