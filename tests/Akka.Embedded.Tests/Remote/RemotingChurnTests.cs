using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>Connections and actors that come and go leave nothing behind.</summary>
public sealed class RemotingChurnTests : Systems
{
    private const int Connections = 2000;
    private const int Actors = 20_000;

    [Fact]
    public async Task Closed_connections_leave_no_entry_in_any_table()
    {
        var b = Start("b");
        var (transport, sink) = (TransportOf(b), new Probe(b));

        for (var i = 1; i <= Connections; i++)
        {
            using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b, port: i);
            var sender = $"akka.tcp://raw@invented:{i}/user/a#1";
            await peer.WriteFrameAsync(FrameKind.Message, writer => WriteMessage(writer, b, sink.Ref, sender));
            await sink.ExpectAsync<string>();
            peer.Reset();
        }
        await LinksAsync(b, count: 0);
        var now = FailureDetector.MonotonicTime();
        transport.Tick(now);
        transport.Tick(now + Association.IdleLimit);

        Assert.Equal(0, transport.AssociationCount);
    }

    [Fact]
    public async Task Stopped_actors_and_their_connections_are_collected()
    {
        var (a, b) = (Start("a"), Start("b"));
        var (watcher, alive) = (new Probe(a), new Probe(b));
        var actors = new List<WeakReference>();
        await Ref(a, alive.Ref, owner: b).Ask<ActorIdentity>(new Identify(null), Probe.Patience);

        for (var i = 0; i < Actors; i += 100)
        {
            actors.AddRange(await CreateAndStopAsync(b, count: 100));
        }
        watcher.Watch(Ref(a, alive.Ref, owner: b));
        b.Stop(alive.Ref);
        await watcher.NextAsync<Terminated>();

        await UntilAsync(() =>
        {
            GC.Collect();
            return actors.TrueForAll(actor => !actor.IsAlive);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> CreateAndStopAsync(ActorSystem system, int count)
    {
        var references = Enumerable.Range(0, count).Select(_ => system.ActorOf(Props.Create(() => new Echo()))).ToList();
        foreach (var reference in references)
        {
            reference.Tell("hello", ActorRefs.NoSender);
        }
        await Task.WhenAll(references.Select(reference => reference.GracefulStop(Probe.Patience)));
        return references.ConvertAll(reference => new WeakReference(reference));
    }

    private static void WriteMessage(WireWriter writer, ActorSystem system, IActorRef recipient, string sender)
    {
        var serializer = system.Serialization.FindSerializerFor("hello");
        writer.WriteText(recipient.Path.ToSerializationFormat());
        writer.WriteText(sender);
        writer.WriteInt32(serializer.Identifier);
        writer.WriteText(Akka.Serialization.Serialization.ManifestFor(serializer, "hello"));
        writer.WriteRaw(serializer.ToBinary("hello"));
    }
}
