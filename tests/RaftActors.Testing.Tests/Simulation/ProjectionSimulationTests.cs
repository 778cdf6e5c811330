using System.Text;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>A projection of a group whose nodes crash and compact their logs, in a program that begins it again and again.</summary>
public sealed class ProjectionSimulationTests
{
    private const int Pairs = 60;

    public static IEnumerable<object[]> Seeds => RaftSimulation.Seeds(Share.Of(test: 1, ci: 4, whole: 5));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Read_model_has_each_pair_once(long seed) => RaftSimulation.Run(seed, simulation =>
    {
        Model model = new();
        simulation
            .Nodes(3)
            .Actor(_ => new Chain(), "chain")
            .Config("raft.snapshot { after-entries = 12, retained-entries = 4 }")
            .Clients(2, client => client.Number == 0 ? AppendAsync(client) : ProjectAsync(client, model))
            .Always("the read model has each pair once", _ => Enumerable.Range(0, Pairs).Select(Letter).Take(model.Text.Length)
                .SequenceEqual(model.Text))
            .Eventually("the read model is that of the actors", view => model.Text.Length == Pairs
                && view.Actors<Chain>().All(chain => chain.Text == model.Text));
    });

    private static async Task AppendAsync(SimulatedClient client)
    {
        await using var chain = client.CreateClient<int, int>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            while (await chain.AppendAsync("pair", pair, requestKey: $"{pair}") is not { Failure: null })
            {
            }

            await client.Delay(TimeSpan.FromMilliseconds(client.Next(600)));
        }
    }

    private static async Task ProjectAsync(SimulatedClient client, Model model)
    {
        await using var chain = client.CreateClient<int, int>();
        while (model.Text.Length < Pairs)
        {
            try
            {
                await new Writer(model, client).RunAsync(chain, tell: null);
            }
            catch (RaftProjectionException)
            {
                // The program stops, and starts when the log may have gone on without it.
                await client.Delay(TimeSpan.FromMilliseconds(client.Next(6000)));
            }
        }
    }

    private static char Letter(int pair) => (char)('0' + pair);

    /// <summary>Outlives its writers, as a database does.</summary>
    private sealed class Model
    {
        public string Text { get; set; } = "";

        public Serial Serial { get; set; }
    }

    private sealed class Writer(Model model, SimulatedClient client) : RaftProjection<int, int>
    {
        protected override Task<Serial> ReadSerialAsync(CancellationToken cancellationToken) => Task.FromResult(model.Serial);

        protected override Task HandleAsync(Entry<int> entry, CancellationToken cancellationToken)
        {
            var chance = client.Next(10);
            if (chance == 0)
            {
                throw new TimeoutException("before the write");
            }

            (model.Text, model.Serial) = (model.Text + Letter(entry.Value), entry.Serial);
            StopAtEnd(mayStop: chance == 2);
            return chance == 1 ? throw new TimeoutException("after the write") : Task.CompletedTask;
        }

        protected override async Task RebuildAsync(RaftClient<int, int> chain, CancellationToken cancellationToken)
        {
            var text = await chain.QueryAsync<string>("text", cancellationToken: cancellationToken);
            (model.Text, model.Serial) = (text.Result, text.Serial);
            StopAtEnd(mayStop: false);
        }

        private void StopAtEnd(bool mayStop)
        {
            if (mayStop || model.Text.Length == Pairs)
            {
                throw new RaftProjectionException("The program stops. Start it.");
            }
        }
    }

    private sealed class Chain : RaftActor<int, int>, IRaftSnapshot<byte[]>
    {
        public string Text { get; private set; } = "";

        public byte[] TakeSnapshot(Serial serial) => Encoding.UTF8.GetBytes(Text);

        public void RestoreSnapshot(Serial serial, byte[] state) => Text = Encoding.UTF8.GetString(state);

        protected override int HandleAppend(Entry<int> entry)
        {
            Text += Letter(entry.Value);
            return Text.Length;
        }

        protected override object? HandleQuery(object question) => Text;
    }
}
