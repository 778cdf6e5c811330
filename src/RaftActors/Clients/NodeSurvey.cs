using System.Collections.Concurrent;
using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>One look at all nodes of an application. See <see cref="RaftConnection.NodesAsync"/>.</summary>
internal sealed class NodeSurvey(RaftClient client, TimeSpan answerTimeout, CancellationToken end)
{
    private readonly CancellationTokenSource _late = CancellationTokenSource.CreateLinkedTokenSource(end);
    private readonly ConcurrentDictionary<Address, (string Node, ImmutableArray<RaftStatus> Processes, string? Failure)?> _nodes = [];

    public async Task<ImmutableArray<(string Node, ImmutableArray<RaftStatus> Processes, string? Failure)>> RunAsync()
    {
        using var late = _late;
        await AskNewAsync(client.Settings.Contacts).ConfigureAwait(false);
        end.ThrowIfCancellationRequested();
        var nodes = _nodes.Values.OfType<(string Node, ImmutableArray<RaftStatus> Processes, string? Failure)>()
            .OrderBy(node => node.Node, StringComparer.Ordinal).ToImmutableArray();
        if (nodes.All(node => node.Failure is not null))
        {
            throw RaftException.Unavailable("No node answered in time. Check the contacts, that their nodes run, and the timeout.");
        }

        // The other nodes also name members of the Akka.Cluster without raft actors, which take no connection. So a silent node that is no
        // contact is reported only if a process is missing, which may run there.
        var known = nodes.SelectMany(node => node.Processes).Select(process => (process.Group, process.Name)).ToHashSet();
        var isAnyMissing = nodes.SelectMany(node => node.Processes).Any(process => process.Members.Any(
            member => !known.Contains((process.Group, member.Name))));
        return isAnyMissing
            ? nodes
            : nodes.RemoveAll(node => node.Failure is not null && client.Settings.Contacts.All(contact => NameOf(contact) != node.Node));
    }

    private static string NameOf(Address node) => $"{node.Host}:{node.Port}";

    private Task AskNewAsync(IEnumerable<Address> found) =>
        Task.WhenAll(found.Where(node => _nodes.TryAdd(node, null)).ToList().Select(AskAsync));

    private async Task AskAsync(Address asked)
    {
        try
        {
            var page = await client.ProcessesOfAsync(asked, null, _late.Token).ConfigureAwait(false);
            _late.CancelAfter(answerTimeout);

            // The caller may name a node by another address than the other nodes do.
            if (!page.Node.Equals(asked) && !_nodes.TryAdd(page.Node, null))
            {
                return;
            }

            var others = AskNewAsync(page.Others);
            try
            {
                _nodes[page.Node] = (NameOf(page.Node), await AllAsync(page).ConfigureAwait(false), null);
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
            var why = e is RaftException { Failure: { } failure } ? failure.Detail : "No process answered in time.";
            _nodes[asked] = (NameOf(asked), [], why);
        }
    }

    private async Task<ImmutableArray<RaftStatus>> AllAsync(ClientReply.ProcessList page)
    {
        var all = page.Rows.ToBuilder();
        while (page is { HasMore: true, Rows: [.., var last] })
        {
            page = await client.ProcessesOfAsync(page.Node, new ProcessPlace(last.Group, last.Name), _late.Token).ConfigureAwait(false);
            _late.CancelAfter(answerTimeout);
            all.AddRange(page.Rows);
        }

        return all.DrainToImmutable();
    }
}
