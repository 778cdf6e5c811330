namespace RaftActors.Cli.Client.Top;

/// <summary>All groups of an application at one moment, as its nodes list them.</summary>
/// <param name="At">When the nodes were asked, as a timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record ApplicationSample(ImmutableArray<GroupRow> Groups, ImmutableArray<NodeSample> Nodes, long At)
{
    /// <summary>Asks the contacts of a connection, and the nodes that they know.</summary>
    /// <inheritdoc cref="RaftConnection.NodesAsync"/>
    public static async Task<ApplicationSample> TakeAsync(RaftConnection connection, TimeSpan timeout, CancellationToken end)
    {
        var at = Stopwatch.GetTimestamp();
        var nodes = await connection.NodesAsync(timeout, end).ConfigureAwait(false);
        return new ApplicationSample(
            [
                .. nodes.SelectMany(node => node.Processes).GroupBy(process => process.Group)
                    .Select(group => new GroupRow(group.Key, [.. group])),
            ],
            [.. nodes.Select(node => new NodeSample(node.Node, node.Processes, node.Failure is { } why ? Clause.Of(why) : null))],
            at);
    }
}

/// <param name="Silence">Why it did not answer, if it did not.</param>
internal sealed record NodeSample(string Name, ImmutableArray<RaftStatus> Processes, string? Silence = null);
