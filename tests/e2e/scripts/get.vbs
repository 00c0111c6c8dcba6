' URL...: all that there is to know of the answer to a GET.
'
' Copyright 2026 the winhttp authors
' SPDX-License-Identifier: LGPL-2.1-or-later

Dim Place

Sub Fetch(Url)
    Request "GET", Url
    Say Http.Status & " " & Http.StatusText
    Say Http.GetResponseHeader("content-type")
    Say Http.GetAllResponseHeaders
    Say Len(Http.ResponseText) & " characters: " & Http.ResponseText
    On Error Resume Next
    Say Http.GetResponseHeader("X-Absent")
    SayError
End Sub

For Place = 0 To Arguments.Count - 1
    Fetch Arguments.Item(Place)
Next
