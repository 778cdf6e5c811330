using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using RaftActors.Dashboard.Pages;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>
/// Sends a page's changes as server-sent events. Each event has the parts that differ from those that this browser got last, so it may miss
/// samples. An event without a change shows the browser that the node is there. The script of a page asks for them at the page's address.
/// </summary>
internal static class EventStream
{
    public const string Type = "text/event-stream";

    // The life of a stream. Then the browser connects again, and its authorization is checked again.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    // The events are no part of a page, so <, > and quotes need no escape in JSON. It would double the size of their HTML.
    private static readonly EventJson Json = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });

    public static async Task SendAsync(
        HttpContext http, Listener listener, ViewKey key, CancellationToken stopping, TimeProvider clock)
    {
        using CancellationTokenSource life = new(Life, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping, life.Token);
        http.Response.ContentType = Type;
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
        var changed = view.Parts.Where(part => part.IsLive && sent.GetValueOrDefault(part.Id) != part.Html)
            .ToDictionary(part => part.Id, part => part.Html);
        foreach (var (id, html) in changed)
        {
            sent[id] = html;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(new PageEvent(changed, view.Point), Json.PageEvent);
        return (byte[])[.. "data: "u8, .. json, .. "\n\n"u8];
    }
}

/// <param name="Parts">The HTML of the parts that have changed, by their ids.</param>
internal sealed record PageEvent(Dictionary<string, string> Parts, Point? Point);

[JsonSerializable(typeof(PageEvent))]
internal sealed partial class EventJson : JsonSerializerContext;
