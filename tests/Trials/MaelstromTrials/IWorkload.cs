using System.Text.Json.Nodes;

namespace MaelstromTrials;

/// <summary>The requests of clients to the nodes, and the check of the answers. Thread-safe.</summary>
internal interface IWorkload
{
    string Name { get; }

    /// <summary>Draws a request. Its call begins now.</summary>
    Request Next(int client);

    /// <summary>Requests that together read everything. Each call of a function begins a call of a client.</summary>
    IReadOnlyList<Func<Request>> FinalReads();

    /// <summary>Explains to people why the answers are wrong; empty: they are right.</summary>
    IReadOnlyList<string> FindFaults();
}

/// <summary>A request that a client has made.</summary>
/// <param name="End">Takes the body of the answer, or null if none came in time.</param>
internal sealed record Request(JsonObject Body, Func<JsonObject?, Ending> End);

/// <summary>How a request ended.</summary>
internal enum Ending
{
    /// <summary>It took effect.</summary>
    Done,

    /// <summary>It never takes effect.</summary>
    Failed,

    /// <summary>It took effect, will, or never will.</summary>
    Unknown,
}
