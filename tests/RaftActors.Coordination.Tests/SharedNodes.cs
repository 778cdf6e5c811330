namespace RaftActors.Coordination.Tests;

/// <summary>
/// Three nodes with the coordination group for the tests of a collection. A test that ends a node starts a further one for that, which
/// does not vote. A test releases its locks, and its names are its own.
/// </summary>
public sealed class SharedNodes : IAsyncLifetime
{
    /// <summary>The collection.</summary>
    public const string Name = "shared nodes";

    private const string Config =
        """
        raft-coordination { session-timeout = 10s, renew-interval = 200ms }
        akka.coordination.lease.raft.lease-operation-timeout = 2s
        """;

    // The others wait for the end of its session.
    private const string Short = $"{Config}\nraft-coordination.session-timeout = 2s";

    private readonly int[] _ports = FreePorts.Take(3);
    private readonly List<Node> _all = [];

    internal IReadOnlyList<Node> All => _all;

    public Task InitializeAsync()
    {
        _all.AddRange(Node.StartUnclustered(_ports, Config));
        _all.ForEach(node => _ = node.Coordination);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.WhenAll(_all.Select(node => node.DisposeAsync().AsTask()));

    /// <summary>Starts a node for one test, which ends it.</summary>
    internal Node StartFurther()
    {
        var node = Node.StartUnclustered(FreePorts.Next(), _ports, Short);
        _ = node.Coordination;
        return node;
    }
}

[CollectionDefinition(SharedNodes.Name)]
public sealed class SharedNodesCollection : ICollectionFixture<SharedNodes>;
