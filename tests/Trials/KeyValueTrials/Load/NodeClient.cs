using System.Net.Http.Headers;
using System.Net.Sockets;

using KeyValueTrials.Nodes;

namespace KeyValueTrials.Load;

/// <summary>Sends requests of the clients to one node. Thread-safe.</summary>
internal sealed class NodeClient(KeyValueNode node, string network) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = ConnectTimeout,
        ConnectCallback = (context, stop) => ConnectAsync(network, context.DnsEndPoint, stop),
        UseProxy = false,
    })
    {
        BaseAddress = new Uri(node.Url),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public KeyValueNode Node => node;

    /// <summary>Sends one attempt of a write.</summary>
    /// <param name="repeatKey">The Idempotency-Key. Null: none.</param>
    public async Task<WriteAnswer> Write(WriteCall call, string? repeatKey, Session? session, TimeSpan timeout)
    {
        using HttpRequestMessage request = new(call.Value is null ? HttpMethod.Delete : HttpMethod.Put, $"/kv/{call.Key}");
        var body = new OnceContent(Encoding.UTF8.GetBytes(call.Value ?? "x"));
        request.Content = body;
        AddCondition(request, call.Condition);
        session?.AddTo(request);
        if (repeatKey is not null)
        {
            request.Headers.Add("Idempotency-Key", repeatKey);
        }

        return await Try(request, timeout, (answer, _) => Task.FromResult<WriteAnswer?>(AnswerOf(answer, Session.Of(answer))))
            ?? new WriteAnswer(body.IsSent ? WriteEnd.Unknown : WriteEnd.NotCommitted, null, null, null);
    }

    /// <summary>Reads an item. Null: no answer.</summary>
    public async Task<ReadAnswer?> Read(string key, Level level, Session? session, TimeSpan timeout)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/kv/{key}?consistency={$"{level}".ToLowerInvariant()}");
        session?.AddTo(request);
        return await Try(request, timeout, async (answer, text) => answer.StatusCode switch
        {
            HttpStatusCode.OK => new ReadAnswer(SerialOf(answer)!.Value, await text(), Session.Of(answer)!),
            HttpStatusCode.NotFound => new ReadAnswer(0, null, Session.Of(answer)!),
            HttpStatusCode.ServiceUnavailable => null,
            _ => throw new TrialFailure($"{node.Name} answered {request} with {answer}"),
        });
    }

    /// <summary>Sends a request for a page. Null: no answer.</summary>
    public async Task<Page?> Send(HttpMethod method, string path, TimeSpan timeout)
    {
        using HttpRequestMessage request = new(method, path);
        return await Try(request, timeout, async (answer, text) =>
            new Page(answer.IsSuccessStatusCode, await text(), answer.Headers.Date ?? default));
    }

    /// <summary>The lines of a watch, until it breaks or the token is cancelled.</summary>
    public async IAsyncEnumerable<string> Watch(
        string key, long after, bool isReconnected, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, isReconnected ? $"/watch/{key}" : $"/watch/{key}?after={after}");
        if (isReconnected)
        {
            request.Headers.Add("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            yield break;
        }

        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync(stop));
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            yield return line;
        }
    }

    public void Dispose() => _http.Dispose();

    // Null: no answer, or one that cannot be read to its end.
    private async Task<T?> Try<T>(
        HttpRequestMessage request, TimeSpan timeout, Func<HttpResponseMessage, Func<Task<string>>, Task<T?>> read)
        where T : class
    {
        try
        {
            using CancellationTokenSource guard = new(timeout);
            using var answer = await _http.SendAsync(request, guard.Token);
            return await read(answer, () => answer.Content.ReadAsStringAsync(guard.Token));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static void AddCondition(HttpRequestMessage request, long? condition)
    {
        switch (condition)
        {
            case null:
                break;
            case WriteCall.IfAbsent:
                request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
                break;
            case WriteCall.IfPresent:
                request.Headers.IfMatch.Add(EntityTagHeaderValue.Any);
                break;
            case var serial:
                request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{serial}\""));
                break;
        }
    }

    private WriteAnswer AnswerOf(HttpResponseMessage answer, Session? session) => answer.StatusCode switch
    {
        HttpStatusCode.Created => new(WriteEnd.Committed, SerialOf(answer), true, session),
        HttpStatusCode.OK => new(WriteEnd.Committed, SerialOf(answer), null, session),
        HttpStatusCode.NoContent => new(WriteEnd.Committed, SerialOf(answer), false, session),
        HttpStatusCode.NotFound => new(WriteEnd.Committed, null, true, session),
        HttpStatusCode.PreconditionFailed => new(WriteEnd.Refused, null, null, session),
        HttpStatusCode.ServiceUnavailable => new(WriteEnd.NotCommitted, null, null, null),
        HttpStatusCode.GatewayTimeout => new(WriteEnd.Unknown, null, null, null),
        _ => throw new TrialFailure($"{node.Name} answered {answer.RequestMessage} with {answer}"),
    };

    private static async ValueTask<Stream> ConnectAsync(string network, DnsEndPoint node, CancellationToken stop)
    {
        var socket = NetworkNamespace.CreateIn(
            network, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(node.Host), node.Port), stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static long? SerialOf(HttpResponseMessage answer) =>
        answer.Headers.ETag is { } tag ? long.Parse(tag.Tag.Trim('"'), CultureInfo.InvariantCulture) : null;
}

/// <summary>The answer to one attempt of a write.</summary>
/// <param name="Serial">The ETag; null: none.</param>
/// <param name="WasAbsent">The status says that there was no item before, or that there was one. Null: it says neither.</param>
/// <param name="Session">The session of the answer; null: none.</param>
internal sealed record WriteAnswer(WriteEnd End, long? Serial, bool? WasAbsent, Session? Session);

/// <summary>The answer to a read.</summary>
/// <param name="Serial">The ETag; 0: not found.</param>
internal sealed record ReadAnswer(long Serial, string? Value, Session Session);

/// <summary>The answer to a request for a page.</summary>
/// <param name="Time">The wall clock of the node.</param>
internal sealed record Page(bool IsDone, string Text, DateTimeOffset Time);
