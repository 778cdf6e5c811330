namespace RaftActors.Core;

/// <content>Time, as far as this process knows of it.</content>
public sealed partial class RaftCore
{
    /// <summary>Ticks since the start.</summary>
    private long _now;

    private void OnTick()
    {
        _now++;
        GreetOnTick();
        if (_role is LeaderRole leader)
        {
            OnLeaderTick(leader);
            return;
        }

        ConsiderFounding();
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
