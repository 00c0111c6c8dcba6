' URL: bodies of every kind, and the verbs that take one or none, to a server that tells what came.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Dim Url, Bytes, Verb

Sub Post(ContentType, Body)
    Http.Open "POST", Url, False
    If ContentType <> "" Then Http.SetRequestHeader "Content-Type", ContentType
    Http.Send Body
    SayAnswer
End Sub

Url = Arguments.Item(0)
Post "application/json", "{""greeting"": ""Gr" & Chr(252) & Chr(223) & "e""}"
Post "application/x-www-form-urlencoded", "name=J%C3%B6rg&town=K%C3%B6ln"
Post "", "Gr" & Chr(252) & Chr(223) & "e"
Request "POST", Url
SayAnswer

Request "GET", Url
Bytes = Http.ResponseBody
Say VarType(Bytes)
Post "application/octet-stream", Bytes
Post "", Bytes

For Each Verb In Array("PUT", "DELETE", "OPTIONS", "PATCH", "GET")
    Http.Open Verb, Url, False
    Http.Send "body"
    SayAnswer
Next
Request "HEAD", Url
Say Http.Status & " " & Http.GetResponseHeader("Content-Type") & " " & Len(Http.ResponseText)
Say TypeName(Http.ResponseBody)
