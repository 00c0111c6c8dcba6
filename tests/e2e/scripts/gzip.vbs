' URL MIRROR-URL: a compressed body as it came, for which a server says its bytes.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Dim Body

Http.Open "GET", Arguments.Item(0), False
Http.SetRequestHeader "Accept-Encoding", "gzip"
Http.Send
Say Http.Status & " " & Http.GetResponseHeader("Content-Encoding")
Body = Http.ResponseBody
Http.Open "POST", Arguments.Item(1), False
Http.Send Body
Say Http.ResponseText
