using System.Collections.Concurrent;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Cli.Client.Top;

/// <summary>All groups of an application at one moment, as its nodes list them.</summary>
/// <param name="At">When the nodes were asked, as a timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record ApplicationSample(ImmutableArray<GroupRow> Groups, ImmutableArray<NodeSample> Nodes, long At)
{
    /// <summary>Asks the contacts of a client, and the nodes that they know.</summary>
    /// <param name="answerTimeout">
    /// After each answer the other nodes have this time again. The first answer may take the timeout of the client, because a connection
    /// takes longer than an answer.
    /// </param>
    /// <exception cref="RaftException">No node answered, or the client lacks the role reader.</exception>
    public static async Task<ApplicationSample> TakeAsync(RaftClient raft, TimeSpan answerTimeout, CancellationToken end)
    {
        var at = Stopwatch.GetTimestamp();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(end);
        ConcurrentDictionary<Address, NodeSample?> nodes = [];
        await AskNewAsync(raft.Settings.Contacts).ConfigureAwait(false);
        ImmutableArray<NodeSample> samples = [.. nodes.Values.OfType<NodeSample>().OrderBy(node => node.Name, StringComparer.Ordinal)];
        if (samples.All(node => node.Silence is not null))
        {
            throw RaftException.Unavailable("No node of the application answered in time. Check --contacts, or raise --timeout.");
        }

        var processes = samples.SelectMany(node => node.Processes).GroupBy(process => process.Place.Group);
        ImmutableArray<GroupRow> groups = [.. processes.Select(group => new GroupRow(group.Key, [.. group]))];

        // The other nodes also name members of the Akka.Cluster without raft actors, which take no connection. So a silent node that the
        // user did not name is reported only if a process is missing, which may run there.
        return new ApplicationSample(
            groups,
            groups.Any(group => group.Silent > 0)
                ? samples
                : samples.RemoveAll(
                    node => node.Silence is not null && raft.Settings.Contacts.All(contact => NameOf(contact) != node.Name)),
            at);

        Task AskNewAsync(IEnumerable<Address> found) =>
            Task.WhenAll(found.Where(node => nodes.TryAdd(node, null)).ToList().Select(AskAsync));

        async Task AskAsync(Address asked)
        {
            try
            {
                var page = await PageAsync(asked, null).ConfigureAwait(false);

                // The user may name a node by another address than the other nodes do.
                if (!page.Node.Equals(asked) && !nodes.TryAdd(page.Node, null))
                {
                    return;
                }

                var others = AskNewAsync(page.Others);
                try
                {
                    nodes[page.Node] = new NodeSample(NameOf(page.Node), await RowsAsync(page).ConfigureAwait(false));
                }
                finally
                {
                    await others.ConfigureAwait(false);
                }
            }
            catch (Exception e) when (
                e is OperationCanceledException or RaftException { Failure.Reason: not FailureReason.Unauthorized }
                && !end.IsCancellationRequested)
            {
                var why = e is RaftException { Failure: { } failure } ? Clause.Of(failure.Detail) : "no process answered in time";
                nodes[asked] = new NodeSample(NameOf(asked), [], why);
            }
        }

        async Task<ImmutableArray<ProcessRow>> RowsAsync(ClientReply.ProcessList page)
        {
            var rows = page.Rows.ToBuilder();
            while (page is { HasMore: true, Rows.IsEmpty: false })
            {
                var after = page.Rows[^1].Place;
                page = await PageAsync(page.Node, after).ConfigureAwait(false);
                rows.AddRange(page.Rows);
            }

            return rows.DrainToImmutable();
        }

        async Task<ClientReply.ProcessList> PageAsync(Address node, ProcessPlace? after)
        {
            var page = await raft.ProcessesOfAsync(node, after, late.Token).ConfigureAwait(false);
            late.CancelAfter(answerTimeout);
            return page;
        }
    }

    private static string NameOf(Address node) => $"{node.Host}:{node.Port}";
}

/// <param name="Silence">Why it did not answer, if it did not.</param>
internal sealed record NodeSample(string Name, ImmutableArray<ProcessRow> Processes, string? Silence = null);
