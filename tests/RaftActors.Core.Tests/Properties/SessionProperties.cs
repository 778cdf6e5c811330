using FsCheck;
using FsCheck.Fluent;
using RaftActors.Core.Tests.Harness;

namespace RaftActors.Core.Tests.Properties;

/// <summary>Sessions, compared with the simplest possible implementation.</summary>
public sealed class SessionProperties
{
    private static readonly SessionBounds Few = new(MaxOrigins: 3, MaxRequests: 4);

    /// <summary>Rising request numbers, some of them out of order and some repeated.</summary>
    private static Gen<int[]> Numbers => Gen.Choose(-40, 60).ArrayOf(600).Select(steps =>
    {
        var number = 50;
        return steps.Select(step => Math.Max(1, step > 0 ? number += step / 20 : number + step)).ToArray();
    });

    [Fact]
    public void A_session_remembers_the_highest_numbers_and_their_first_positions()
    {
        Prop.ForAll(Numbers.ToArbitrary(), numbers =>
        {
            var (session, model) = (new Session(Origin(1), SessionState.MaxAnswered), new SortedDictionary<long, AnsweredRequest>());
            var forgotten = 0L;
            for (var i = 0; i < numbers.Length; i++)
            {
                var request = new AnsweredRequest(numbers[i], new LogIndex(i + 1), new Serial(i + 1));
                session.Add(request);
                if (request.Number > forgotten)
                {
                    model.TryAdd(request.Number, request);
                }

                while (model.Count > SessionState.MaxAnswered)
                {
                    forgotten = model.Keys.First();
                    model.Remove(forgotten);
                }
            }

            var copy = new Session(Origin(1), SessionState.MaxAnswered);
            copy.Restore(session.ToState());
            AnsweredRequest? Known(int number) => model.TryGetValue(number, out var known) ? known : null;
            return session.Forgotten == forgotten
                && session.Highest == model.Keys.Last()
                && Enumerable.Range(0, numbers.Max() + 2).All(number =>
                    session.Find(number) == Known(number) && copy.Find(number) == Known(number));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Of_too_many_origins_the_longest_silent_one_is_forgotten()
    {
        var sessions = new Sessions(new SessionBounds(), []);
        for (var i = 1; i <= Snapshot.MaxSessions; i++)
        {
            sessions.Add(Entry(i, i));
        }

        sessions.Add(Entry(Snapshot.MaxSessions + 1, 1));
        sessions.Add(Entry(Snapshot.MaxSessions + 2, Snapshot.MaxSessions + 1));

        Assert.NotNull(sessions.Of(Origin(1)));
        Assert.Null(sessions.Of(Origin(2)));
        Assert.NotNull(sessions.Of(Origin(3)));
    }

    [Fact]
    public void A_snapshot_below_the_commit_index_holds_the_sessions_of_its_own_index()
    {
        var requests = Gen.Choose(1, 7).SelectMany(origin => Gen.Choose(1, 9).Select(number => (origin, number))).ArrayOf(40);
        var places = Gen.Choose(1, 40);
        Prop.ForAll(requests.Zip(places).ToArbitrary(), drawn =>
        {
            var (sent, place) = drawn;
            var process = FoundedGroup.Alone(sessions: Few);
            foreach (var (origin, number) in sent)
            {
                Propose(process, number, isRetry: true, origin);
            }

            var core = process.Core!;
            var index = new LogIndex(Math.Min(1 + place, core.CommitIndex.Value));
            var snapshot = core.DescribeSnapshot(index, 0);
            var (replayed, restored) = (new Sessions(Few, []), new Sessions(Few, snapshot.Sessions));
            var isThatOfItsIndex = false;
            foreach (var entry in process.Log)
            {
                replayed.Add(entry);
                isThatOfItsIndex |= entry.Index == index && Text(replayed) == Text(new Sessions(Few, snapshot.Sessions));
                if (entry.Index > index)
                {
                    restored.Add(entry);
                }
            }

            return isThatOfItsIndex && Text(restored) == Text(replayed);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_request_older_than_all_remembered_ones_is_expired_and_not_appended()
    {
        var process = FoundedGroup.Alone();
        for (var number = 1; number <= SessionState.MaxAnswered + 1; number++)
        {
            Propose(process, number, isRetry: false);
        }

        Assert.Equal(["rejected key=0B: Expired", $"took {Origin(1)}/2 before, at 4 as serial 2"], Retry(process, 1, 2));
    }

    [Fact]
    public void A_retry_of_a_forgotten_origin_is_expired_and_not_appended()
    {
        var process = FoundedGroup.Alone(sessions: Few);
        for (var origin = 1; origin <= Few.MaxOrigins + 1; origin++)
        {
            Propose(process, 1, isRetry: false, origin);
        }

        Assert.Equal(["rejected key=0B: Expired"], Retry(process, 1));
    }

    [Fact]
    public void A_request_of_a_forgotten_origin_that_returned_is_expired_and_not_appended()
    {
        var process = FoundedGroup.Alone();
        Propose(process, 1, isRetry: false);
        for (var origin = 2; origin <= Snapshot.MaxSessions + 1; origin++)
        {
            Propose(process, 1, isRetry: false, origin);
        }

        Propose(process, 2, isRetry: false);
        Assert.Equal(["rejected key=0B: Expired"], Retry(process, 1));
    }

    /// <summary>Returns the whole content: it decides the next answers and the next request to forget.</summary>
    private static string Text(Sessions sessions) => string.Join(
        '\n',
        sessions.ToStates().Select(one => $"{one.Origin} {one.Forgotten}: {string.Join(' ', one.Answered)}"));

    /// <summary>Retries requests of the first origin and returns the effects. Asserts that none is appended.</summary>
    private static List<string> Retry(SimulatedProcess process, params long[] numbers)
    {
        var last = process.Core!.LastPosition;
        var effects = new List<string>();
        process.Did += (_, effect) => effects.Add(Describe.Of(effect));
        foreach (var number in numbers)
        {
            Propose(process, number, isRetry: true);
        }

        Assert.Equal(last, process.Core!.LastPosition);
        return effects;
    }

    private static void Propose(SimulatedProcess process, long number, bool isRetry, int origin = 1)
    {
        process.Step(new Input.Propose([new Payload.Pair(new RequestId(Origin(origin), number), "key", default)], isRetry));
        while (process.HasWrites)
        {
            process.FinishOneWrite();
        }
    }

    private static Member Origin(int number) => new(new ProcessName("client@x"), SimulatedProcess.IncarnationOf(number));

    private static LogEntry Entry(int index, int origin) =>
        new(new LogIndex(index), new Term(1), new Serial(index), new Payload.Pair(new RequestId(Origin(origin), index), "key", default));
}
