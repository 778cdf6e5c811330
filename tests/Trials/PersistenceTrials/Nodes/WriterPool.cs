using Akka.Actor;
using Akka.Persistence;

namespace PersistenceTrials.Nodes;

/// <summary>
/// Keeps a number of persistent actors at work, each for some batches. Their ids are chosen by chance, so another node or this one may run
/// an actor with the same id.
/// </summary>
internal sealed class WriterPool : ReceiveActor
{
    public WriterPool(int writers, int ids)
    {
        for (var writer = 0; writer < writers; writer++)
        {
            Start(ids);
        }

        Receive<Terminated>(_ => Start(ids));
    }

    private static void Start(int ids)
    {
        var id = JournalNode.IdOf(Random.Shared.Next(ids));
        Context.Watch(Context.ActorOf(Props.Create(() => new Writer(id))));
    }

    /// <summary>Persists batches one after the other, and says which events were acknowledged. A failed write stops it.</summary>
    private sealed class Writer : ReceivePersistentActor
    {
        private const int BatchesMax = 20;
        private const int BatchSizeMax = 5;

        private readonly string _writer = $"{Guid.NewGuid():N}";
        private int _batch;

        public Writer(string id)
        {
            PersistenceId = id;
            Recover<string>(_ => { });
            Recover<RecoveryCompleted>(_ => Next());
        }

        public override string PersistenceId { get; }

        private void Next()
        {
            if (_batch == BatchesMax)
            {
                Context.Stop(Self);
                return;
            }

            _batch++;
            var size = Random.Shared.Next(1, BatchSizeMax + 1);
            var left = size;
            PersistAll(Enumerable.Range(0, size).Select(place => new WrittenEvent(_writer, _batch, place, size).ToString()), saved =>
            {
                Console.WriteLine($"{JournalNode.Event} {PersistenceId} {LastSequenceNr} {saved}");
                if (--left == 0)
                {
                    Next();
                }
            });
        }
    }
}
