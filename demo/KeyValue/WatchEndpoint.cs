using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

using Microsoft.AspNetCore.Mvc;

using RaftActors;

using Client = RaftActors.RaftShardsClient<KeyValue.Change, KeyValue.Written>;

namespace KeyValue;

/// <summary>
/// <c>/watch/{key}</c>: the changes of one item as server-sent events, in order, each once, from a serial on. The id of an event is its
/// serial, so a browser that reconnects goes on where it was. The stream also ends when this node stops.
/// </summary>
internal static class WatchEndpoint
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/watch/{key}", WatchAsync)
        .WithSummary("Streams the changes of an item as server-sent events: changed, deleted, or compacted as the last one.")
        .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> WatchAsync(
        string key,
        [FromQuery] long? after,
        [FromHeader(Name = "Last-Event-ID")] long? lastEventId,
        Client client,
        IHostApplicationLifetime life,
        HttpContext http)
    {
        // Without the second token, a node that stops would wait for the end of all streams: 30 s by default.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        http.Response.RegisterForDispose(stop);
        try
        {
            var from = lastEventId ?? after ?? await LastSerialAsync(key, client, stop.Token);
            return from >= 0
                ? TypedResults.ServerSentEvents(ChangesAsync(key, new Serial(from), client.For(key), stop.Token))
                : Results.Problem($"after is {from}. Use 0 or more.", statusCode: StatusCodes.Status400BadRequest);
        }
        catch (RaftException cause) when (cause.Failure is { } failure)
        {
            return Problems.Of(http, failure, "Send the request again.");
        }
    }

    private static async Task<long> LastSerialAsync(string key, Client client, CancellationToken stop) =>
        (await client.For(key).QueryAsync(new GetItem(key), cancellationToken: stop)).OrThrow().Serial.Value;

    private static async IAsyncEnumerable<SseItem<WatchedChange>> ChangesAsync(
        string key, Serial after, RaftClient<Change, Written> client, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var entries = client.SubscribeAsync(after, stop).GetAsyncEnumerator(stop);
        while (true)
        {
            RaftException? gone = null;
            try
            {
                await entries.MoveNextAsync();
            }
            catch (RaftException cause) when (cause.Failure?.Reason is FailureReason.Compacted)
            {
                gone = cause;
            }
            catch (OperationCanceledException)
            {
                yield break;
            }

            if (gone is not null)
            {
                yield return new(new WatchedChange(key, null, null, gone.Failure?.Detail), "compacted");
                yield break;
            }

            var entry = entries.Current;
            if (entry.Key == key && await WasAppliedAsync(entry, client, stop))
            {
                var (value, contentType, _) = entry.Value;
                yield return new(new WatchedChange(key, value, contentType), value is null ? "deleted" : "changed")
                {
                    EventId = entry.Serial.ToString(),
                };
            }
        }
    }

    // The log also has changes whose condition was not met. A change so old that this was forgotten is shown.
    private static async ValueTask<bool> WasAppliedAsync(
        Entry<Change> entry, RaftClient<Change, Written> client, CancellationToken stop)
    {
        if (entry.Value.IfSerial is null)
        {
            return true;
        }

        var question = new WasApplied(entry.Serial.Value);
        var consistency = ReadConsistency.NotOlderThan(entry.Serial);
        return (await client.QueryAsync(question, consistency: consistency, cancellationToken: stop)).Result is not false;
    }
}

/// <summary>The data of an event.</summary>
/// <param name="Value">As base64. Null: the item was deleted.</param>
/// <param name="Detail">Why the stream ends.</param>
internal sealed record WatchedChange(string Key, byte[]? Value, string? ContentType, string? Detail = null);
