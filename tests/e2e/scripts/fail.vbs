' URL [FLAGS]: how a GET fails; and how it does with SslErrorIgnoreFlags.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Const OptionSslErrorIgnoreFlags = 4

On Error Resume Next
Http.Open "GET", Arguments.Item(0), False
SayError
Http.Send
SayError
If Arguments.Count > 1 Then
    Http.Option(OptionSslErrorIgnoreFlags) = CLng(Arguments.Item(1))
    Say Hex(Http.Option(OptionSslErrorIgnoreFlags))
    Request "GET", Arguments.Item(0)
    SayAnswer
    SayError
End If
