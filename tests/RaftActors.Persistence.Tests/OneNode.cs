using System.Collections.Immutable;

using Akka.Actor;
using Akka.Persistence;
using Akka.Serialization;

namespace RaftActors.Persistence.Tests;

/// <summary>
/// One node for the tests of a class, which use their own persistence ids. It has the messages of persistent actors to the plugins.
/// </summary>
public sealed class OneNode : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal ActorSystem System { get; private set; } = null!; // Justification: xunit initializes it first.

    internal RaftPersistence Persistence => RaftPersistence.Get(System);

    internal IActorRef Journal => Akka.Persistence.Persistence.Instance.Apply(System).JournalFor("");

    internal IActorRef Snapshots => Akka.Persistence.Persistence.Instance.Apply(System).SnapshotStoreFor("");

    public Task InitializeAsync()
    {
        var port = FreePorts.Next();
        System = Node.Start(
            port,
            [port],
            _folder,
            $$"""
            raft-persistence.page-size = 1KiB
            akka.actor.serializers.without-manifest = "{{typeof(SerializerWithoutManifest).AssemblyQualifiedName}}"
            akka.actor.serialization-bindings."{{typeof(WithoutManifest).AssemblyQualifiedName}}" = without-manifest
            """);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await System.Terminate();
        _folder.Dispose();
    }

    internal static Persistent Event(string id, long number, object payload, string writer) =>
        new(payload, number, id, manifest: "", isDeleted: false, ActorRefs.NoSender, writer);

    /// <summary>Writes as a persistent actor does, and returns an answer for each event.</summary>
    internal async Task<IReadOnlyList<object>> WriteAsync(params AtomicWrite[] writes)
    {
        using var inbox = Inbox.Create(System);
        Journal.Tell(new WriteMessages(writes, inbox.Receiver, 1));
        Assert.True(await inbox.ReceiveAsync(Guard) is WriteMessagesSuccessful or WriteMessagesFailed);
        List<object> answers = [];
        for (var left = writes.Sum(write => write.Size); left > 0; left--)
        {
            answers.Add(await inbox.ReceiveAsync(Guard));
        }

        return answers;
    }

    /// <summary>Writes events one by one in one call, with these numbers, as <c>a-1</c>.</summary>
    internal Task<IReadOnlyList<object>> WriteAsync(string id, string writer, params IEnumerable<long> numbers) =>
        WriteAsync([.. numbers.Select(number => new AtomicWrite(Event(id, number, $"a-{number}", writer)))]);

    /// <summary>Replays, and returns the events and the highest sequence number.</summary>
    internal async Task<(IReadOnlyList<IPersistentRepresentation> Events, long Highest)> ReplayAsync(
        string id, long from = 1, long to = long.MaxValue, long max = long.MaxValue)
    {
        using var inbox = Inbox.Create(System);
        Journal.Tell(new ReplayMessages(from, to, max, id, inbox.Receiver));
        List<IPersistentRepresentation> events = [];
        while (true)
        {
            switch (await inbox.ReceiveAsync(Guard))
            {
                case ReplayedMessage replayed:
                    events.Add(replayed.Persistent);
                    break;
                case RecoverySuccess success:
                    return (events, success.HighestSequenceNr);
                case var other:
                    throw new InvalidOperationException($"The replay ended with {other}.");
            }
        }
    }

    internal async Task<IReadOnlyList<string>> TextsAsync(string id, long from = 1, long to = long.MaxValue, long max = long.MaxValue) =>
        [.. (await ReplayAsync(id, from, to, max)).Events.Select(each => (string)each.Payload)];

    /// <summary>Asks a plugin.</summary>
    internal async Task<TAnswer> AskAsync<TAnswer>(IActorRef plugin, object message)
    {
        using var inbox = Inbox.Create(System);
        plugin.Tell(message, inbox.Receiver);
        return Assert.IsType<TAnswer>(await inbox.ReceiveAsync(Guard));
    }

    internal async Task<DeleteMessagesSuccess> DeleteAsync(string id, long to)
    {
        using var inbox = Inbox.Create(System);
        Journal.Tell(new DeleteMessagesTo(id, to, inbox.Receiver));
        return Assert.IsType<DeleteMessagesSuccess>(await inbox.ReceiveAsync(Guard));
    }

    internal static AtomicWrite Together(params Persistent[] events) => new(events.ToImmutableList<IPersistentRepresentation>());
}

/// <summary>An event whose serializer gives no manifest.</summary>
internal sealed record WithoutManifest;

internal sealed class SerializerWithoutManifest(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 15_200;

    public override byte[] ToBinary(object obj) => [1];

    public override object FromBinary(byte[] bytes, string manifest) => new WithoutManifest();

    public override string Manifest(object o) => null!; // Justification: Akka.NET takes it for none.
}
