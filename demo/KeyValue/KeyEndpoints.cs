using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

using RaftActors;

using Client = RaftActors.RaftShardsClient<KeyValue.Change, KeyValue.Written>;

namespace KeyValue;

/// <summary><c>/kv/{key}</c>: reads, writes and deletes one item.</summary>
internal static class KeyEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/kv");
        keys.MapGet("/{key}", GetAsync)
            .WithSummary("Reads an item. ETag is its serial.")
            .Produces(StatusCodes.Status200OK)
            .Produces(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        Describe(keys.MapPut("/{key}", PutAsync).WithSummary("Writes an item; with If-Match or If-None-Match only if it is as expected."))
            .Accepts<byte[]>("*/*")
            .Produces(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        Describe(keys.MapDelete("/{key}", DeleteAsync).WithSummary("Deletes an item; with If-Match only if it is as expected."))
            .Produces(StatusCodes.Status404NotFound);
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder write) => write
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ProducesProblem(StatusCodes.Status504GatewayTimeout);

    private static async Task<IResult> GetAsync(
        string key,
        [FromQuery] string? consistency,
        [FromHeader(Name = Session.Header)] string? session,
        Client client,
        HttpContext http)
    {
        var shard = client.Shards.Of(key);
        if (!Session.TryParse(session, client.Shards, out var seen) || Consistency.Parse(consistency, seen, shard.Group) is not { } level)
        {
            return Results.Problem(
                $"consistency is '{consistency}' and {Session.Header} is '{session}'. Use linearizable, lease, local, or session with "
                    + $"the {Session.Header} of an earlier answer.",
                statusCode: StatusCodes.Status400BadRequest);
        }

        var read = await client[shard].QueryAsync(new GetItem(key), consistency: level, cancellationToken: http.RequestAborted);
        if (read.Failure is { } failure)
        {
            return Problems.Of(http, failure, "Send the request again.");
        }

        http.Response.Headers[Session.Header] = seen.With(shard.Group, read.Serial.Value).ToString();
        return read.Result is { } item
            ? Results.Bytes(item.Value, item.ContentType, entityTag: new EntityTagHeaderValue($"\"{item.Serial}\""))
            : Results.NotFound();
    }

    private static async Task<IResult> PutAsync(string key, [AsParameters] WriteHeaders headers, Client client, HttpContext http)
    {
        using MemoryStream body = new();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return await WriteAsync(key, body.ToArray(), http.Request.ContentType, headers, client, http);
    }

    private static Task<IResult> DeleteAsync(string key, [AsParameters] WriteHeaders headers, Client client, HttpContext http) =>
        WriteAsync(key, null, null, headers, client, http);

    private static async Task<IResult> WriteAsync(
        string key, byte[]? value, string? contentType, WriteHeaders headers, Client client, HttpContext http)
    {
        if (!headers.TryGetCondition(out var condition) || !Session.TryParse(headers.Session, client.Shards, out var seen))
        {
            return Results.Problem(
                $"If-Match is '{headers.IfMatch}', If-None-Match is '{headers.IfNoneMatch}', and {Session.Header} is "
                    + $"'{headers.Session}'. Use If-Match with one ETag or *, or If-None-Match with *, and the "
                    + $"{Session.Header} of an earlier answer.",
                statusCode: StatusCodes.Status400BadRequest);
        }

        try
        {
            RequestKey? repeat = headers.IdempotencyKey is { Length: > 0 } text ? new RequestKey(text) : default(RequestKey?);
            var shard = client.Shards.Of(key);
            var outcome = await client[shard].AppendAsync(
                key, new Change(value, contentType, condition), requestKey: repeat, cancellationToken: http.RequestAborted);
            if (outcome.Failure is { } failure)
            {
                return Problems.Of(
                    http, failure, "Send the request again with the same Idempotency-Key, if it had one. Otherwise read the item first.");
            }

            var serial = outcome.Serial.Value;
            http.Response.Headers[Session.Header] = seen.With(shard.Group, serial).ToString();
            return outcome.HasResult ? Answer(http, key, serial, outcome.Result, isDelete: value is null)
                : condition is null ? AnswerApplied(http, serial, isDelete: value is null)
                : await AnswerRepeatAsync(http, key, serial, client);
        }
        catch (ArgumentException cause)
        {
            return Results.Problem(cause.Message, statusCode: StatusCodes.Status413PayloadTooLarge);
        }
    }

    // The pair is committed, and another attempt has its result. The state still tells whether the change had an effect.
    private static async Task<IResult> AnswerRepeatAsync(HttpContext http, string key, long serial, Client client)
    {
        var read = await client.For(key).QueryAsync(
            new WasApplied(serial), consistency: ReadConsistency.NotOlderThan(new(serial)), cancellationToken: http.RequestAborted);
        return read.Failure is { } failure
            ? Problems.Unknown($"The change has serial {serial}. Whether the item was as expected is not known: {failure.Detail}")
            : read.Result is not { } wasApplied
                ? Problems.Unknown($"The change has serial {serial}. Whether the item was as expected then was forgotten.")
                : wasApplied ? AnswerApplied(http, serial, isDelete: false)
                : AnswerRefused(key);
    }

    private static IResult Answer(HttpContext http, string key, long serial, Written written, bool isDelete)
    {
        if (!written.IsApplied)
        {
            return AnswerRefused(key);
        }

        if (isDelete)
        {
            return written.Before is null ? Results.NotFound() : Results.NoContent();
        }

        http.Response.Headers.ETag = $"\"{serial}\"";
        return written.Before is null ? Results.Created() : Results.NoContent();
    }

    // Whether there was an item before is not known, so the status says neither.
    private static IResult AnswerApplied(HttpContext http, long serial, bool isDelete)
    {
        if (!isDelete)
        {
            http.Response.Headers.ETag = $"\"{serial}\"";
        }

        return Results.Ok();
    }

    private static IResult AnswerRefused(string key) => Results.Problem(
        $"The item of '{key}' is not as the condition expects. Read it, and try again with its ETag.",
        statusCode: StatusCodes.Status412PreconditionFailed);
}
