using FsCheck;
using FsCheck.Fluent;

namespace RaftActors.Core.Tests.Properties;

/// <summary>Sessions, compared with the simplest possible implementation.</summary>
public sealed class SessionProperties
{
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

    private static Member Origin(int number) => new(new ProcessName("client@x"), SimulatedProcess.IncarnationOf(number));
}
