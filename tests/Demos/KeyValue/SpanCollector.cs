using System.Text;
using System.Threading.Channels;

namespace KeyValue.Tests;

/// <summary>
/// Takes spans over HTTP, as a collector of OpenTelemetry does. It does not use ASP.NET Core, because the nodes would trace its requests
/// too.
/// </summary>
internal sealed class SpanCollector : IDisposable
{
    private readonly Channel<SentSpan> _spans = Channel.CreateUnbounded<SentSpan>();
    private readonly HttpListener _listener = new();
    private readonly string _url = $"http://127.0.0.1:{FreePorts.Next()}/";

    public SpanCollector()
    {
        _listener.Prefixes.Add(_url);
        _listener.Start();
        _ = ReceiveAsync();
    }

    /// <summary>The spans of all nodes in the order of their arrival.</summary>
    public ChannelReader<SentSpan> Spans => _spans.Reader;

    /// <summary>The options with which a node sends its spans here.</summary>
    public string[] Options =>
    [
        "--OTEL_EXPORTER_OTLP_ENDPOINT", _url,
        "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
        "--OTEL_BSP_SCHEDULE_DELAY", "100",
    ];

    public void Dispose() => _listener.Close();

    // Metrics come to another path. A failure ends the test with its message.
    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using MemoryStream body = new();
                await context.Request.InputStream.CopyToAsync(body);
                context.Response.Close();
                foreach (var span in context.Request.Url!.AbsolutePath == "/v1/traces" ? SpansIn(body.ToArray()) : [])
                {
                    _spans.Writer.TryWrite(span);
                }
            }
        }
        catch (Exception cause)
        {
            _spans.Writer.TryComplete(cause);
        }
    }

    // The numbers of the fields are those of trace.proto: the request has spans by resource, these by scope, and these spans.
    private static IEnumerable<SentSpan> SpansIn(byte[] request) =>
        from resource in Fields(request, 1)
        from scope in Fields(resource, 2)
        from span in Fields(scope, 2)
        select new SentSpan(
            Convert.ToHexStringLower(Fields(span, 1).Single()),
            Encoding.UTF8.GetString(Fields(span, 5).Single()),
            Fields(span, 9).ToDictionary(attribute => TextOf(attribute, 1), attribute => TextOf(Fields(attribute, 2).Single(), 1)));

    // Empty for an attribute that is no text.
    private static string TextOf(byte[] message, int field) => Encoding.UTF8.GetString(Fields(message, field).FirstOrDefault([]));

    // The values of a field whose length precedes them: texts, bytes and messages.
    private static List<byte[]> Fields(byte[] message, int field)
    {
        List<byte[]> values = [];
        var rest = message.AsSpan();
        while (!rest.IsEmpty)
        {
            var tag = TakeNumber(ref rest);
            switch (tag & 7)
            {
                case 0:
                    TakeNumber(ref rest);
                    break;
                case 1:
                    rest = rest[sizeof(ulong)..];
                    break;
                case 5:
                    rest = rest[sizeof(uint)..];
                    break;
                default:
                    var length = TakeNumber(ref rest);
                    if (tag >> 3 == field)
                    {
                        values.Add(rest[..length].ToArray());
                    }

                    rest = rest[length..];
                    break;
            }
        }

        return values;
    }

    private static int TakeNumber(ref Span<byte> rest)
    {
        ulong number = 0;
        var count = 0;
        do
        {
            number |= (ulong)(rest[count] & 0x7F) << (7 * count);
        }
        while ((rest[count++] & 0x80) != 0);
        rest = rest[count..];
        return (int)number;
    }

    /// <summary>A span with its attributes that are texts.</summary>
    public sealed record SentSpan(string Trace, string Name, IReadOnlyDictionary<string, string> Attributes);
}
