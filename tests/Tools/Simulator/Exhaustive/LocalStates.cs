using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>
/// All states of single processes that were met. A process is a function of its inputs, so each step is computed once by the real Core and
/// then looked up. Core is not copied: a state is reached again by a new Core that takes the inputs on the way to it.
/// </summary>
internal sealed class LocalStates(Scope scope, Digests digests, MessageTable messages)
{
    private readonly Dictionary<(ulong, ulong), int> _numbers = [];
    private readonly List<LocalState> _states = [];
    private readonly Dictionary<(int State, int Input), LocalStep> _steps = [];
    private readonly Stack<LocalInput> _path = [];
    private readonly List<(int State, int Parent, LocalInput Input)> _otherPaths = [];

    /// <summary>Whether greetings are lost: the processes have met.</summary>
    public bool LosesGreetings { get; set; }

    public int Count => _states.Count;

    public int Steps => _steps.Count;

    public LocalState this[int number] => _states[number];

    /// <summary>Returns the state of a process after its first start.</summary>
    public int Start(int number) => Add(new LocalProcess(number, scope, digests.Of), parent: -1, default);

    public LocalStep Step(int state, LocalInput input)
    {
        if (!_steps.TryGetValue((state, input.Packed), out var step))
        {
            step = Compute(state, input);
            _steps.Add((state, input.Packed), step);
        }

        return step;
    }

    /// <summary>
    /// Reaches states on another path than the first, and takes each step from there that was taken from the first. Returns a state whose
    /// step then differs: the digest left out something that matters. Null if there is none.
    /// </summary>
    /// <param name="stride">Takes one in this number of paths.</param>
    public string? FindDifference(int stride, out int steps)
    {
        steps = 0;
        var taken = _steps.ToLookup(step => step.Key.State);
        for (var i = 0; i < _otherPaths.Count; i += stride)
        {
            var (state, parent, input) = _otherPaths[i];
            foreach (var ((_, packed), known) in taken[state].ToList())
            {
                var process = Reach(parent);
                process.Take(input, MessageOf(input), isReplay: true);
                var again = Compute(process, state, LocalInput.Unpack(packed));
                steps++;
                if (again.Next != known.Next || !again.Sent.Order().SequenceEqual(known.Sent.Order()))
                {
                    return $"state {state}, reached from {parent} by {input}: {LocalInput.Unpack(packed)}";
                }
            }
        }

        return null;
    }

    private LocalStep Compute(int state, LocalInput input) => Compute(Reach(state), state, input);

    private LocalStep Compute(LocalProcess process, int state, LocalInput input)
    {
        try
        {
            process.Take(input, MessageOf(input), isReplay: false);
        }
        catch (Violation violation)
        {
            return new LocalStep(state, []) { Violation = violation };
        }
        catch (InvariantException broken)
        {
            return new LocalStep(state, []) { Violation = new Violation("invariant", broken.Message) };
        }
        catch (Exception other)
        {
            return new LocalStep(state, []) { Violation = new Violation("exception", $"{other.GetType()}: {other.Message}") };
        }

        // Core copes with a network that loses all greetings. Without this, each restart would bring many more states.
        int[] sent = [.. process.Sent.Where(one => !LosesGreetings || one.Body is not Message.Greeting).Select(messages.Add).Distinct()];
        return new LocalStep(Add(process, state, input), sent)
        {
            ElectedBy = process.ElectedBy,
            CommittedBy = process.CommittedBy,
            Answered = process.Answered,
        };
    }

    private LocalProcess Reach(int state)
    {
        for (var at = state; _states[at].Parent >= 0; at = _states[at].Parent)
        {
            _path.Push(_states[at].Input);
        }

        var process = new LocalProcess(_states[state].Number, scope, digests.Of);
        while (_path.TryPop(out var input))
        {
            process.Take(input, MessageOf(input), isReplay: true);
        }

        return process;
    }

    private Envelope? MessageOf(LocalInput input) => input.Kind == InputKind.Deliver ? messages[input.Argument] : null;

    private int Add(LocalProcess process, int parent, LocalInput input)
    {
        var digest = digests.Of(process);
        if (!_numbers.TryGetValue(digest, out var number))
        {
            number = _states.Count;
            _numbers.Add(digest, number);
            _states.Add(new LocalState(process, parent, input, digests.Names(i => digests.Of(process, i)), digests.Of));
        }
        else if (parent != number)
        {
            _otherPaths.Add((number, parent, input));
        }

        return number;
    }
}
