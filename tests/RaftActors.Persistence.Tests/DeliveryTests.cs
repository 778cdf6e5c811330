using Akka.Actor;
using Akka.Persistence.Delivery;

using static Akka.Delivery.DurableProducerQueue;

namespace RaftActors.Persistence.Tests;

/// <summary>The durable queue of a producer of Akka.Delivery, which is a persistent actor of Akka.NET.</summary>
public sealed class DeliveryTests
{
    private ActorSystem? _system;

    [Fact]
    public async Task Queue_of_a_producer_has_its_unconfirmed_messages_after_all_nodes_have_stopped()
    {
        using var folder = new TemporaryFolder();
        var port = FreePorts.Next();
        var (queue, inbox) = Start();
        foreach (var (i, text) in new[] { "a", "b", "c" }.Index())
        {
            MessageSent<string> message = new(i + 1, text, Ack: false, ConfirmationQualifier: "", DateTime.UtcNow.Ticks);
            queue.Tell(new StoreMessageSent<string>(message, inbox.Receiver));
            Assert.Equal(i + 1, Assert.IsType<StoreMessageSentAck>(await inbox.ReceiveAsync(Guard)).StoredSeqNo);
            if (i == 0)
            {
                queue.Tell(new StoreMessageConfirmed(1, "", DateTime.UtcNow.Ticks));
            }
        }

        await _system!.Terminate();

        (queue, inbox) = Start();
        queue.Tell(new LoadState(inbox.Receiver));

        var state = Assert.IsType<State<string>>(await inbox.ReceiveAsync(Guard));
        Assert.Equal((4, 1), (state.CurrentSeqNr, state.HighestConfirmedSeqNr));
        Assert.Equal(["b", "c"], state.Unconfirmed.Select(each => each.Message.Message));
        await _system.Terminate();

        (IActorRef Queue, Inbox Inbox) Start()
        {
            // The serializer of Akka.Delivery is in the configuration of Akka.Cluster.
            _system = Node.Start(
                port, [port], folder, $"raft.store.directory = \"{folder["log"]}\"\nakka.actor.provider = cluster");
            return (_system.ActorOf(EventSourcedProducerQueue.Create<string>("queue", _system)), Inbox.Create(_system));
        }
    }
}
