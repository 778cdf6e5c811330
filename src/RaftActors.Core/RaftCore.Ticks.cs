namespace RaftActors.Core;

/// <content>Time, as far as this process knows of it.</content>
public sealed partial class RaftCore
{
    /// <summary>Ticks since the start.</summary>
    private long _now;

    /// <summary>The clock at the latest input.</summary>
    private Instant _clock;

    private void OnTick()
    {
        _now++;
        if (IsFenced)
        {
            return;
        }

        GreetOnTick();
        EndTransferOnTick();
        if (_role is LeaderRole leader)
        {
            OnLeaderTick(leader);
            return;
        }

        GiveUpQuestionOnTick();
        EndPromiseOnTick();
        ElectIfDue();
    }

    private void ElectIfDue()
    {
        if (_now >= _electionAt)
        {
            OnElectionTimeout();
        }
    }
}
