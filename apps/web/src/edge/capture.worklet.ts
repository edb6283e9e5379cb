import '@outspoken/edge/worklet';
