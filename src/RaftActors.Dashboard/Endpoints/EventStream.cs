using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

using Microsoft.AspNetCore.Http;

using RaftActors.Dashboard.Pages;
using RaftActors.Dashboard.Sampling;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>
/// Sends a page's changes as server-sent events. Each event has the parts that differ from those that this browser got last, so it may miss
/// samples. An event without a change shows the browser that the node is there.
/// </summary>
internal static class EventStream
{
    // The life of a stream. Then the browser connects again, and its authorization is checked again.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    // The events are no part of a page, so <, > and quotes need no escape in JSON. It would double the size of their HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task SendAsync(
        HttpContext http, Listener listener, ViewKey key, CancellationToken stopping, TimeProvider clock)
    {
        using CancellationTokenSource life = new(Life, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping, life.Token);
        http.Response.ContentType = "text/event-stream";
        Dictionary<string, string> sent = [];
        try
        {
            await foreach (var sample in listener.ReadAllAsync(stop.Token))
            {
                await http.Response.BodyWriter.WriteAsync(EventOf(View.Of(sample, key), sent), stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The browser has left, the node stops, or the stream has ended its life.
        }
    }

    private static ReadOnlyMemory<byte> EventOf(View view, Dictionary<string, string> sent)
    {
        ArrayBufferWriter<byte> bytes = new();
        bytes.Write("data: "u8);
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteStartObject("parts");
            foreach (var part in view.Parts.Where(part => part.IsLive && sent.GetValueOrDefault(part.Id) != part.Html.Text))
            {
                json.WriteString(part.Id, part.Html.Text);
                sent[part.Id] = part.Html.Text;
            }

            json.WriteEndObject();
            if (view.Point is { } point)
            {
                json.WriteStartObject("point");
                json.WriteNumber("at", point.At);
                Write(json, "rate", point.Rate);
                json.WriteNumber("lag", point.Lag);
                Write(json, "median", point.Median);
                Write(json, "high", point.High);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        bytes.Write("\n\n"u8);
        return bytes.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
    }
}
