using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>The group of a scope, its state at the beginning, and the tables of what can become of it.</summary>
internal sealed class Model
{
    private readonly int[] _locals = new int[FoundedGroup.Size];

    private Model(Scope scope, Digests digests)
    {
        (Scope, Digests, Messages) = (scope, digests, new MessageTable(digests));
        Locals = new LocalStates(scope, digests, Messages);
        Begin();
        Initial = new GlobalState(0, (_locals[0], _locals[1], _locals[2]), default, []);
    }

    public Scope Scope { get; }

    public Digests Digests { get; }

    public MessageTable Messages { get; }

    public LocalStates Locals { get; }

    public GlobalState Initial { get; }

    /// <summary>Builds a model whose renamings leave its first state as it is.</summary>
    public static Model Of(Scope scope)
    {
        var trial = new Model(scope, new Digests(scope.IsSymmetric));
        var names = Enumerable.Range(0, trial.Digests.Renamings.Length).Select(i => trial.NameOf(trial.Initial, i)).ToList();
        var digests = new Digests(scope.IsSymmetric);
        digests.Restrict(i => names[i] == names[0]);
        return new Model(scope, digests);
    }

    /// <summary>The hash of a state under a renaming of the processes.</summary>
    public ulong NameOf(GlobalState state, int renaming)
    {
        var sum = Mix(state.Used.Packed);
        for (var process = 0; process < FoundedGroup.Size; process++)
        {
            sum += Locals[state[process]].Names[renaming];
        }

        foreach (var message in state.Network)
        {
            sum += Messages.Name(message, renaming);
        }

        return Mix(sum);
    }

    // Two rounds of SplitMix64.
    private static ulong Mix(ulong value) => new Prng(new Prng(value).Next()).Next();

    /// <summary>Lets the processes meet, and elects the first one if the scope begins with a leader. No message is lost or late.</summary>
    private void Begin()
    {
        for (var process = 0; process < FoundedGroup.Size; process++)
        {
            _locals[process] = Locals.Start(process);
        }

        for (var process = 0; process < FoundedGroup.Size; process++)
        {
            for (var other = 0; other < FoundedGroup.Size; other++)
            {
                if (process != other)
                {
                    Take(process, new LocalInput(InputKind.Reach, other));
                }
            }
        }

        Locals.LosesGreetings = true;
        if (Scope.IsLed)
        {
            Take(0, new LocalInput(InputKind.Timeout));
        }
    }

    /// <summary>Takes an input, and delivers all messages that follow from it.</summary>
    private void Take(int process, LocalInput input)
    {
        var network = new Queue<int>();
        Apply(network, process, input);
        while (network.TryDequeue(out var message))
        {
            Apply(network, Messages.To(message), new LocalInput(InputKind.Deliver, message));
        }
    }

    private void Apply(Queue<int> network, int process, LocalInput input)
    {
        var step = Locals.Step(_locals[process], input);
        if (step.Violation is { } violation)
        {
            throw violation;
        }

        _locals[process] = step.Next;
        Array.ForEach(step.Sent, network.Enqueue);
        if (Locals[step.Next].IsWriting)
        {
            Apply(network, process, new LocalInput(InputKind.Write));
        }
    }
}
