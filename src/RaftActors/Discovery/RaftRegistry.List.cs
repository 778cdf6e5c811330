using Akka.Actor;

using RaftActors.Engine;
using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <content>The list of the processes of this node, for operators. It wakes no quiescent group.</content>
internal sealed partial class RaftRegistry
{
    // Addresses take less than a page of processes, and both fit into one message.
    private const int ListedNodesMax = 1000;

    // Null in tests that have a registry alone.
    private ProcessPages? _pages;

    private void OnListProcesses(ClientCall.ListProcesses call, ICanTell caller)
    {
        var (rows, hasMore) = _pages?.After(call.After) ?? ([], false);
        var others = call.After is null
            ? _nodes.All.Where(node => node.IsNamed || node.SizeOfList > 0).OrderByDescending(node => node.IsNamed).Take(ListedNodesMax)
            : [];
        caller.Tell(new ClientReply.ProcessList(_own, [.. others.Select(node => node.Address)], rows, hasMore), Self);
    }
}
