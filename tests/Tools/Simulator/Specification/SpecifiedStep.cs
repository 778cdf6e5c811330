using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace RaftActors.Simulator.Specification;

/// <summary>A step of a trace: what happened, and the processes that it changed, as the specification has them.</summary>
internal sealed record SpecifiedStep(string Did, JsonElement With, Dictionary<string, JsonElement> Processes)
{
    /// <summary>Reads the traces that <c>docs/spec/traces.mjs</c> made.</summary>
    public static List<List<SpecifiedStep>> ReadTraces(Stream compressed)
    {
        using var reader = new StreamReader(new GZipStream(compressed, CompressionMode.Decompress), Encoding.UTF8);
        var traces = new List<List<SpecifiedStep>>();
        while (reader.ReadLine() is { } line)
        {
            traces.Add([.. JsonDocument.Parse(line).RootElement.EnumerateArray().Select(Of)]);
        }

        return traces;
    }

    private static SpecifiedStep Of(JsonElement step) => new(
        step.GetProperty("did").GetString()!,
        step.GetProperty("with"),
        step.GetProperty("processes").EnumerateObject().ToDictionary(one => one.Name, one => one.Value));
}
